/** Local files and templates for modules' `prepare`: looked up beside what declares the task. */
import { access, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { Task } from '../dsl/task.ts';
import { PlaybookError, type Place } from '../errors.ts';
import type { Controller, Download } from '../module/module.ts';
import { areAlike, copyOfData } from '../plan/alike.ts';
import { contentOf, type Content } from '../shell/content.ts';
import { fileContent } from '../shell/file-content.ts';
import { download } from './download.ts';

/** Folders above the declaring file that are looked into. */
const levelsUp = 4;

export interface ControllerOptions {
  readonly check: boolean;
  readonly diff: boolean;
}

/** Texts of a template that are kept, the last ones. */
const keptRenderings = 16;

interface Rendering {
  readonly variables: unknown;
  readonly content: Content;
}

/** Makes controllers for tasks; files are read once per run. */
export class Controllers {
  readonly #options: ControllerOptions;
  readonly #remember: boolean;
  readonly #contents = new Map<string, Promise<Content>>();
  readonly #sources = new Map<string, Promise<string>>();
  readonly #downloads = new Map<string, Promise<Content>>();
  readonly #found = new Map<string, Promise<string>>();
  readonly #rendered = new Map<string, readonly Rendering[]>();

  /** @param memory without `remember` everything is looked up, read and fetched each time */
  constructor(options: ControllerOptions, memory: { readonly remember: boolean }) {
    this.#options = options;
    this.#remember = memory.remember;
  }

  of(task: Task<unknown>, host: string): Controller {
    const find = (src: string, folder: 'files' | 'templates'): Promise<string> =>
      this.#find(src, folder, task.at);
    return {
      ...this.#options,
      host,
      path: (src) => find(src, 'files'),
      download: (of) => this.#download(of),
      file: async (src) => this.#content(await find(src, 'files')),
      template: async (src, variables) => this.#render(await find(src, 'templates'), variables),
    };
  }

  async #render(path: string, variables: Readonly<Record<string, unknown>>): Promise<Content> {
    const { renderTemplate } = await import('../template/render.ts');
    const source = await this.#once(this.#sources, path, () => readFile(path, 'utf8'));
    // Many hosts have the same variables, and share the text that comes of them.
    const before = (this.#remember ? this.#rendered.get(path) : undefined) ?? [];
    const same = before.find((each) => areAlike(each.variables, variables));
    if (same) return same.content;
    const { text, secret } = renderTemplate({ source, file: path, variables });
    const content = contentOf(text, { secret });
    const kept = { variables: copyOfData(variables), content };
    this.#rendered.set(path, [kept, ...before.slice(0, keptRenderings - 1)]);
    return content;
  }

  #download(of: Download): Promise<Content> {
    return this.#once(this.#downloads, `${of.url} ${of.sha256 ?? ''}`, () => download(of));
  }

  #content(path: string): Promise<Content> {
    return this.#once(this.#contents, path, () => fileContent(path));
  }

  #find(src: string, folder: 'files' | 'templates', at: Place): Promise<string> {
    const key = `${folder} ${dirname(at.file)} ${src}`;
    return this.#once(this.#found, key, () => findFile(src, folder, at));
  }

  #once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
    if (!this.#remember) return make();
    const value = known.get(key) ?? make();
    known.set(key, value);
    return value;
  }
}

/** @throws PlaybookError that lists where it looked */
async function findFile(src: string, folder: string, at: Place): Promise<string> {
  const candidates = isAbsolute(src) ? [src] : placesFor(src, folder, dirname(at.file));
  for (const candidate of candidates) {
    const found = await access(candidate).then(
      () => true,
      () => false,
    );
    if (found) return candidate;
  }
  throw new PlaybookError(`${src} is not there`, {
    at,
    hint: `looked for ${candidates.join(', ')}`,
  });
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
