/** Local files and templates for modules' `prepare`: looked up beside what declares the task. */
import { access, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { Task } from '../dsl/task.ts';
import { Interrupted, type Place, PlaybookError } from '../errors.ts';
import type { Controller, Download } from '../module/module.ts';
import { areAlike, copyOfData } from '../plan/alike.ts';
import { contentOf, type Content } from '../shell/content.ts';
import { fileContent } from '../shell/file-content.ts';
import { Downloads } from './downloads.ts';
import { KeptFiles } from './kept-files.ts';
import { NotYetKnown } from '../plan/not-yet-known.ts';

/** Folders above the declaring file that are looked into. */
const levelsUp = 4;

export interface ControllerOptions {
  readonly check: boolean;
  readonly diff: boolean;
}

/** Texts of a template that are kept, the last ones. */
const keptRenderings = 16;

interface Rendering {
  readonly source: string;
  readonly variables: unknown;
  readonly content: Content;
}

/** The moment and the step for which something is prepared. */
export interface ControllerAt {
  /** Counts what may have written on the controller. */
  readonly files: number;
  /** Looking ahead: the step's turn has not come. */
  readonly ahead: boolean;
  /** The host begins nothing more. */
  readonly end: AbortSignal;
  /** Made when it is needed: the step has taken too long. */
  readonly limit: () => AbortSignal;
  /** Check: the planned step that writes this path, or without a path one that may write any. */
  readonly planned: (path: string | undefined) => string | undefined;
}

/** Before anything runs. */
const beforeTheRun: ControllerAt = {
  files: 0,
  ahead: false,
  end: new AbortController().signal,
  limit: () => new AbortController().signal,
  planned: () => undefined,
};

/**
 * Makes controllers for tasks. What was read of a file is known as long as the file stays what it
 * was; what could not be found or read is never known.
 */
export class Controllers {
  readonly #options: ControllerOptions;
  readonly #remember: boolean;
  readonly #contents = new KeptFiles<Content>();
  readonly #sources = new KeptFiles<string>();
  readonly #downloads = new Downloads();
  readonly #rendered = new Map<string, readonly Rendering[]>();

  /** @param memory without `remember` everything is looked up, read and fetched each time */
  constructor(options: ControllerOptions, memory: { readonly remember: boolean }) {
    this.#options = options;
    this.#remember = memory.remember;
  }

  of(task: Task<unknown>, host: string, at = beforeTheRun): Controller {
    const find = (src: string, folder: 'files' | 'templates'): Promise<string> =>
      findFile(src, folder, task.at, at);
    return {
      ...this.#options,
      host,
      path: (src) => find(src, 'files'),
      download: (of) => this.#download(of, at),
      file: async (src) => this.#content(await find(src, 'files'), at.files),
      template: async (src, variables) =>
        this.#render(await find(src, 'templates'), variables, at.files),
    };
  }

  async #render(
    path: string,
    variables: Readonly<Record<string, unknown>>,
    files: number,
  ): Promise<Content> {
    const { renderTemplate } = await import('../template/render.ts');
    const read = (): Promise<string> => readFile(path, 'utf8');
    const source = await (this.#remember ? this.#sources.get(path, files, read) : read());
    // Many hosts have the same variables, and share the text that comes of them.
    const before = (this.#remember ? this.#rendered.get(path) : undefined) ?? [];
    const same = before.find(
      (each) => each.source === source && areAlike(each.variables, variables),
    );
    if (same) return same.content;
    const { text, secret } = renderTemplate({ source, file: path, variables });
    const content = contentOf(text, { secret });
    const kept = { source, variables: copyOfData(variables), content };
    this.#rendered.set(path, [kept, ...before.slice(0, keptRenderings - 1)]);
    return content;
  }

  async #download(of: Download, { files, ahead, end, limit }: ControllerAt): Promise<Content> {
    const downloads = this.#remember ? this.#downloads : new Downloads();
    const signal = AbortSignal.any([end, limit()]);
    try {
      return await downloads.get(of, { files, ahead, signal });
    } catch (error) {
      throw end.aborted ? new Interrupted() : error;
    }
  }

  #content(path: string, files: number): Promise<Content> {
    if (!this.#remember) return fileContent(path);
    return this.#contents.get(path, files, () => fileContent(path));
  }
}

/**
 * @throws PlaybookError that lists where it looked; in check a marker for what a planned step
 * writes, or may write where nothing is there
 */
async function findFile(
  src: string,
  folder: string,
  at: Place,
  { planned }: ControllerAt,
): Promise<string> {
  const candidates = isAbsolute(src) ? [src] : placesFor(src, folder, dirname(at.file));
  for (const candidate of candidates) {
    refuseUnknown(planned(candidate));
    const found = await access(candidate).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  refuseUnknown(planned(undefined));
  throw new PlaybookError(`${src} is not there`, {
    at,
    hint: `looked for ${candidates.join(', ')}`,
  });
}

function refuseUnknown(because: string | undefined): void {
  if (because !== undefined) throw new NotYetKnown({ missing: 'unknown', because });
}

function placesFor(src: string, folder: string, from: string): string[] {
  const places: string[] = [];
  let directory = from;
  for (let level = 0; level < levelsUp; level += 1) {
    places.push(join(directory, folder, src));
    if (level === 0) places.push(join(directory, src));
    if (dirname(directory) === directory) break;
    directory = dirname(directory);
  }
  places.push(join(process.cwd(), folder, src));
  return [...new Set(places)];
}
