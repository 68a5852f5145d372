/**
 * What was learned of packages, in the user's cache: a file for each installation that was seen, and
 * one for each package and version that names it. Files are found by digests: nothing that a host
 * says names a path here. What is damaged, or of another format, is not there.
 */
import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { Brought, lessonSchema, type Lesson, type PackageVersion } from '../../module/brought.ts';
import type { Facts } from '../../module/facts.ts';

/** Of the files; the folder has it in its name, so that others leave each other alone. */
const format = 1;
/** Bytes of one lesson. */
const lessonLimit = 8 * 1024 * 1024;

type Named = Pick<PackageVersion, 'name' | 'version'>;

export class Knowledge {
  readonly #folder: string | undefined;
  readonly #lessons = new Map<string, Promise<Lesson | undefined>>();
  /** Being learned in this run, by one of its hosts. */
  readonly #claimed = new Set<string>();

  /** @param folder undefined: nothing is kept */
  constructor(folder: string | undefined) {
    this.#folder = folder && join(folder, `v${format}`);
  }

  /** What is known of all these packages together; undefined where one is not known. */
  async find(release: string, packages: ReadonlyMap<string, string>): Promise<Brought | undefined> {
    const lessons = new Set<Lesson>();
    for (const [name, version] of packages) {
      const lesson = await this.#lessonOf(release, { name, version });
      if (!lesson) return undefined;
      lessons.add(lesson);
    }
    return new Brought([...lessons], new Set(packages.keys()));
  }

  /** Claims what is not known yet of these packages, for one host to learn it. */
  async claim(release: string, packages: readonly Named[]): Promise<boolean> {
    if (this.#folder === undefined || packages.length === 0) return false;
    const names = packages.map((one) => keyOf(release, one));
    const known = await Promise.all(packages.map((one) => this.#lessonOf(release, one)));
    const lacks = known.some((lesson, index) => !lesson && !this.#claimed.has(names[index] ?? ''));
    for (const name of names) this.#claimed.add(name);
    return lacks;
  }

  /** A cache that cannot be written is none. */
  async keep(release: string, lesson: Lesson): Promise<void> {
    if (this.#folder === undefined) return;
    const parsed = lessonSchema.safeParse(lesson);
    const text = JSON.stringify(parsed.data ?? null);
    if (!parsed.success || text.length > lessonLimit) return;
    const name = sha256(text);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await this.#write(`lesson-${name}.json`, text);
      for (const one of lesson.packages) {
        await this.#write(`package-${keyOf(release, one)}`, `${name}\n`);
        this.#lessons.delete(keyOf(release, one));
      }
    } catch {
      // The next run learns it again.
    }
  }

  /** Whole or not at all: two runs may write at once. */
  async #write(name: string, text: string): Promise<void> {
    const path = join(this.#folder ?? '', name);
    const part = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    try {
      await writeFile(part, text, { mode: 0o600, flag: 'wx' });
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  #lessonOf(release: string, of: Named): Promise<Lesson | undefined> {
    const key = keyOf(release, of);
    const known = this.#lessons.get(key) ?? this.#load(key, of);
    this.#lessons.set(key, known);
    return known;
  }

  async #load(key: string, of: Named): Promise<Lesson | undefined> {
    const folder = this.#folder;
    if (folder === undefined) return undefined;
    try {
      const name = (await readFile(join(folder, `package-${key}`), 'utf8')).trim();
      if (!/^[0-9a-f]{64}$/.test(name)) return undefined;
      const path = join(folder, `lesson-${name}.json`);
      await access(path);
      const text = await readFile(path, 'utf8');
      if (text.length > lessonLimit || sha256(text) !== name) return undefined;
      const lesson = lessonSchema.parse(JSON.parse(text));
      const holds = lesson.packages.some(
        ({ name: own, version }) => own === of.name && version === of.version,
      );
      return holds ? lesson : undefined;
    } catch {
      return undefined;
    }
  }
}

const keyOf = (release: string, { name, version }: Named): string =>
  sha256(JSON.stringify([release, name, version]));

/** Hosts of one release get the same of a package. @param how packages are installed */
export const releaseOf = ({ os, arch }: Facts, how: string): string =>
  JSON.stringify([os.id, os.version, arch, how]);
