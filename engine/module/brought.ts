/** What packages bring to a host: learned where they came, so that check knows it elsewhere. */
import { z } from 'zod';

/** Names and links that come from hosts; they are looked up, never opened. */
const text = z.string().max(4096);

const brought = z.strictObject({
  type: z.enum(['file', 'directory', 'link', 'fifo', 'socket', 'block', 'character']),
  mode: z.string().regex(/^[0-7]{4}$/),
  owner: text,
  group: text,
  size: z.number().min(0),
  /** What a link holds. */
  target: text.optional(),
  /** sha256, of what came in a package as it is. */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Base64 of small configuration files, as they came in the package. */
  bytes: z.string().max(128_000).optional(),
  /** Which of the packages hold it; none: their scripts made it. */
  of: z.array(z.int().min(0)).max(100),
});

const named = z.record(text, z.record(z.string(), z.unknown()));

/** What one installation brought, of one or several packages at once. */
export const lessonSchema = z.strictObject({
  packages: z
    .array(z.strictObject({ name: text, version: text, arch: text }))
    .min(1)
    .max(5000),
  /** Inventory name of the host where it was learned, for people. */
  from: text,
  /** Folders of the root that are links, with where they lead: /bin to /usr/bin. */
  roots: z.record(text, text),
  files: z.record(text, brought),
  /** Answers of the unit reader, by name. */
  units: named,
  /** Answers of the account reader, by name. */
  users: named,
  groups: named,
});

export type BroughtFile = z.output<typeof brought>;
export type Lesson = z.output<typeof lessonSchema>;
export type PackageVersion = Lesson['packages'][number];

/** `perhaps`: it came with these packages once, together with others that do not come now. */
export type Comes<T> = T | 'perhaps' | undefined;

/** What a number of lessons say together about packages that are to come. */
export class Brought {
  readonly #lessons: readonly { readonly lesson: Lesson; readonly whole: boolean }[];
  readonly #comes: ReadonlySet<string>;

  /** @param comes names of the packages that come, or came by an earlier planned step */
  constructor(lessons: readonly Lesson[], comes: ReadonlySet<string>) {
    this.#comes = comes;
    this.#lessons = lessons.map((lesson) => ({
      lesson,
      whole: lesson.packages.every(({ name }) => comes.has(name)),
    }));
  }

  /** Hosts where it was learned. */
  get from(): readonly string[] {
    return [...new Set(this.#lessons.map(({ lesson }) => lesson.from))];
  }

  file(path: string): Comes<BroughtFile> {
    return this.#first((lesson, whole) => {
      const file = own(lesson.files, realPath(path, lesson.roots));
      if (file === undefined) return undefined;
      if (file.of.length === 0) return whole && !isData(path) ? file : 'perhaps';
      return file.of.some((index) => this.#comes.has(lesson.packages[index]?.name ?? ''))
        ? file
        : undefined;
    });
  }

  /** Whether anything comes, or may come, below that folder. */
  anyBelow(folder: string): boolean {
    return this.#lessons.some(({ lesson }) => {
      const start = `${realPath(folder, lesson.roots)}/`;
      return Object.keys(lesson.files).some((path) => path.startsWith(start));
    });
  }

  named(
    kind: 'units' | 'users' | 'groups',
    name: string,
  ): Comes<Readonly<Record<string, unknown>>> {
    return this.#first((lesson, whole) => {
      const found = own(lesson[kind], name);
      return found === undefined || whole ? found : 'perhaps';
    });
  }

  #first<T>(look: (lesson: Lesson, whole: boolean) => Comes<T>): Comes<T> {
    const found = this.#lessons.map(({ lesson, whole }) => look(lesson, whole));
    return found.find((one) => one !== undefined && one !== 'perhaps') ?? found.find(Boolean);
  }
}

/** What was written there meanwhile may be of a service that has nothing to do with it. */
const isData = (path: string): boolean => /^\/(var|srv|opt|home)\//.test(path);

const own = <T>(of: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined;

/** `/lib/x` is `/usr/lib/x` where /lib is a link. */
export function realPath(path: string, roots: Lesson['roots']): string {
  const end = path.indexOf('/', 1);
  const top = end < 0 ? path : path.slice(0, end);
  const to = own(roots, top);
  return to === undefined ? path : `${to}${path.slice(top.length)}`;
}
