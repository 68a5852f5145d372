/**
 * Where pending handlers are kept on the controller: `.play/pending/`, one file a run, so that two
 * runs at once never write into the same one. The name of a file says which process it belongs to:
 * `<run>.<pid>-<start>.jsonl`; when that is gone, or let it go (`<run>.jsonl`), the next run takes it.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isAlive, thisProcess } from '../hosts/living-process.ts';

/** A handler that was notified, or may have to be, and has not run since. */
export interface PendingHandler {
  /** Undefined in files of versions that did not keep it. */
  readonly inventory: string | undefined;
  /** Inventory name. */
  readonly host: string;
  /** The machine; undefined as above. */
  readonly target: string | undefined;
  /** play/role/name */
  readonly handler: string;
}

interface Line extends PendingHandler {
  /** False: it has run, or need not run any more. */
  readonly pending: boolean;
}

const named = /^(.+?)(?:\.(\d+)-(\d+))?\.jsonl$/;

export class PendingFiles {
  readonly #folder: string;
  /** Of versions that kept one file for all runs. */
  readonly #former: string;
  readonly #own: string;
  readonly #released: string;
  readonly #owner = `${thisProcess().pid}-${thisProcess().start}`;

  /** @param base the project's `.play` @param run id of this run */
  constructor(base: string, run: string) {
    this.#folder = join(base, 'pending');
    this.#former = join(base, 'owed.jsonl');
    this.#own = join(this.#folder, `${run}.${this.#owner}.jsonl`);
    this.#released = join(this.#folder, `${run}.jsonl`);
  }

  /** What runs that are over left. */
  read(): readonly PendingHandler[] {
    return this.#over().flatMap(({ path }) => pendingIn(path));
  }

  /**
   * Takes what is this run's from the runs that are over; the rest stays for others.
   * @param asOurs the entry as this run names it; undefined when it is not this run's
   */
  take(asOurs: (entry: PendingHandler) => PendingHandler | undefined): readonly PendingHandler[] {
    const taken: PendingHandler[] = [];
    for (const { path, stem } of this.#over()) {
      if (!pendingIn(path).some((entry) => asOurs(entry))) continue;
      const claimed = join(this.#folder, `${stem}.${this.#owner}.jsonl`);
      if (!this.#claim(path, claimed)) continue;
      const entries = pendingIn(claimed);
      const ours = entries.flatMap((entry) => asOurs(entry) ?? []);
      const rest = entries.filter((entry) => !asOurs(entry));
      // In this order a kill in between loses nothing: what stands twice runs once more.
      for (const entry of ours) this.write(entry, true);
      if (rest.length > 0) replace(join(this.#folder, `${stem}.jsonl`), rest);
      rmSync(claimed, { force: true });
      taken.push(...ours);
    }
    return taken;
  }

  /** With the kernel before the run goes on: it survives that the controller is killed. */
  write(entry: PendingHandler, pending: boolean): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    appendFileSync(this.#own, textOf(entry, pending), { mode: 0o600 });
  }

  /** The run is over: what is still pending waits for the next one. */
  release(entries: readonly PendingHandler[]): void {
    if (entries.length > 0) replace(this.#released, entries);
    rmSync(this.#own, { force: true });
  }

  /** Two runs may begin at once: the file goes to one of them. */
  #claim(path: string, claimed: string): boolean {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    try {
      renameSync(path, claimed);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  #over(): readonly { readonly path: string; readonly stem: string }[] {
    const former = existsSync(this.#former) ? [{ path: this.#former, stem: 'owed' }] : [];
    const files = namesIn(this.#folder).flatMap((name) => {
      const [, stem, pid, start = '0'] = named.exec(name) ?? [];
      if (stem === undefined) return [];
      if (pid !== undefined && isAlive({ pid: Number(pid), start })) return [];
      return [{ path: join(this.#folder, name), stem }];
    });
    return [...former, ...files];
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function replace(path: string, entries: readonly PendingHandler[]): void {
  writeFileSync(`${path}.new`, entries.map((entry) => textOf(entry, true)).join(''), {
    mode: 0o600,
  });
  renameSync(`${path}.new`, path);
}

function textOf({ inventory, host, target, handler }: PendingHandler, pending: boolean): string {
  return `${JSON.stringify({ inventory, host, target, handler, pending })}\n`;
}

/** What the lines of a file come to; nothing where another run has taken it meanwhile. */
function pendingIn(path: string): readonly PendingHandler[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  const entries = new Map<string, PendingHandler>();
  for (const line of text.split('\n')) {
    const parsed = parseLine(line);
    if (!parsed) continue;
    const { pending, ...entry } = parsed;
    const key = textOf(entry, true);
    if (pending) entries.set(key, entry);
    else entries.delete(key);
  }
  return [...entries.values()];
}

/** A line cut by a kill is no line, nor is `null`. Former versions said `owed` for `pending`. */
function parseLine(line: string): Line | undefined {
  try {
    const { inventory, host, target, handler, pending, owed } = JSON.parse(line) as Partial<
      Line & { readonly owed: boolean }
    >;
    if (typeof host !== 'string' || typeof handler !== 'string') return undefined;
    return {
      inventory: typeof inventory === 'string' ? inventory : undefined,
      host,
      target: typeof target === 'string' ? target : undefined,
      handler,
      pending: (pending ?? owed) === true,
    };
  } catch {
    return undefined;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
