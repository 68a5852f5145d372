/**
 * Notifications that are not served yet, per host, kept on the controller from run to run: one
 * append-only file, so that a killed run loses none (SEMANTICS 15).
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

interface Line {
  readonly host: string;
  readonly handler: string;
  readonly owed: boolean;
}

export class OwedHandlers {
  readonly #file: string | undefined;
  readonly #owed = new Map<string, Set<string>>();

  /**
   * @param file where it is kept; undefined keeps nothing
   * @param check the file is left as it is: nobody adds or serves in check
   */
  constructor(file: string | undefined, check = false) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const parsed = parseLine(line);
      if (parsed) this.#note(parsed);
    }
    if (!check) this.#compact(file);
  }

  of(host: string): readonly string[] {
    return [...(this.#owed.get(host) ?? [])];
  }

  add(host: string, handler: string): void {
    if (!this.#owed.get(host)?.has(handler)) this.#write({ host, handler, owed: true });
  }

  served(host: string, handler: string): void {
    if (this.#owed.get(host)?.has(handler)) this.#write({ host, handler, owed: false });
  }

  #write(line: Line): void {
    this.#note(line);
    if (this.#file === undefined) return;
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  #note({ host, handler, owed }: Line): void {
    const set = this.#owed.get(host) ?? new Set<string>();
    this.#owed.set(host, set);
    if (owed) set.add(handler);
    else set.delete(handler);
  }

  #compact(file: string): void {
    const lines = [...this.#owed].flatMap(([host, handlers]) =>
      [...handlers].map((handler) => `${JSON.stringify({ host, handler, owed: true })}\n`),
    );
    writeFileSync(`${file}.new`, lines.join(''), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

/** A line cut by a kill is no line. */
function parseLine(line: string): Line | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { host, handler, owed } = parsed as Partial<Line>;
    if (typeof host !== 'string' || typeof handler !== 'string') return undefined;
    return { host, handler, owed: owed === true };
  } catch {
    return undefined;
  }
}
