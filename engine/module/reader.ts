/**
 * A reader reads one kind of state for many keys at once, in one process on the host. It is
 * read-only and exits 0 when the thing is absent (rule 9, keys of values-12).
 */

import type { Brought } from './brought.ts';

/** What a reader says of one key. */
export type Answer<V> =
  | { readonly answer: 'value'; readonly value: V }
  | { readonly answer: 'absent' }
  | { readonly answer: 'denied'; readonly why: string };

/** The answer of a reader for what is not there. */
export const absent: Answer<never> = { answer: 'absent' };
/**
 * The answer of a reader for what is there.
 * @param of what a module gets for the read
 * @returns one of the answers of `parse`
 * @example
 * export const answers = ['enabled', 'disabled'].map((line) => value(line));
 */
export const value = <V>(of: V): Answer<V> => ({ answer: 'value', value: of });
/**
 * The answer of a reader for what its user may not see: the step fails with it.
 * @param why one sentence, best in the host's own words
 * @returns one of the answers of `parse`
 * @example
 * export const answer = denied('/etc/shadow: Permission denied');
 */
export const denied = (why: string): Answer<never> => ({ answer: 'denied', why });

/** What the reader's script printed. */
export interface ReaderOutput {
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Exit code. */
  readonly code: number;
}

/** For readers that are asked about one path, which a planned link may lead elsewhere (check). */
export interface AboutPath<K, V> {
  path(key: K): string;
  /** A link as the last part stands for what it points to. */
  follows(key: K): boolean;
  /** The same question of another path. */
  at(key: K, path: string): K;
  /**
   * An answer for `from` as it reads when asked as `to`.
   * @param end where it ends, if the path of `to` is a link that is followed
   */
  as(value: V, from: K, to: K, end: string | undefined): V;
  /** What the answer says that the path itself is; undefined where it does not tell. */
  shows?(key: K, answer: Answer<V>): Shown | undefined;
}

export type Shown = 'nothing' | 'no link' | { readonly link: string };

/** What `defineReader` takes: `K` is what it is asked about, `V` what it answers. */
export interface ReaderDefinition<K, V> {
  /** Unique among all readers. */
  readonly name: string;
  /** `shared`: any change on any host of the play may change it. Default `host`. */
  readonly scope?: 'host' | 'shared';
  /**
   * A POSIX sh script that answers all keys, in their order, as one process where it can.
   * `mark` is a random word that nothing on the host can print by chance, for separating answers;
   * it stands in no argument of a program, where every user of the host would see it.
   */
  script(keys: readonly K[], mark: string): string;
  /** One answer a key, by position. Throws when the output is not what the script prints. */
  parse(output: ReaderOutput, keys: readonly K[], mark: string): readonly Answer<V>[];
  /**
   * Absolute paths (files, or folders ending in `/`) that the answer comes from: a change that
   * invalidates one of them makes the answer stale.
   */
  dependsOn?(key: K): readonly string[];
  /**
   * Of these paths the engine asks where they lead; what lies below one of them is taken as it is
   * written. Default: all that `dependsOn` says.
   */
  ways?(key: K): readonly string[];
  readonly about?: AboutPath<K, V>;
  /** Names under which the same thing may be asked for: a unit's own, a package with its arch. */
  names?(key: K, answer: Answer<V>): readonly string[];
  /**
   * Commands of the user, of which nobody can tell what they look at: any change on the host makes
   * the answer stale, and in check any predicted change makes it unknown (rule 21, check).
   */
  dependsOnEverything?(key: K): boolean;
  /** Puts the environment of the task into the key, where the answer depends on it. */
  withEnvironment?(key: K, environment: Readonly<Record<string, string>>): K;
  /** What check takes from packages that a planned step brings. */
  brought?: {
    /** The path that the key is about: unknown while nobody knows what the packages bring. */
    path?(key: K): string;
    /** @param now what is known otherwise */
    answer(key: K, brought: Brought, now: Answer<V>): Answer<V> | 'unchanged' | 'unknown';
  };
  /** Programs that the script starts for these keys, in the usual course; default 1. */
  processes?(keys: readonly K[]): number;
  /** Slow or user-given commands go last in a read batch and get 2 s there. */
  readonly last?: boolean;
}

/** One question: a reader and a key. Equal ids are asked once. */
export interface Read<V> {
  readonly reader: ReaderDefinition<unknown, V>;
  readonly key: unknown;
  readonly id: string;
}

export interface ReaderFunction<K, V> {
  (key: K): Read<V>;
  readonly definition: ReaderDefinition<K, V>;
}

/**
 * Makes a reader.
 * @param definition name, script and parse
 * @returns a function from a key to a Read, to be used in a module's `reads`
 * @example
 * export const lineCount = defineReader<string, number>({
 *   name: 'lineCount',
 *   script: (paths) => paths.map((path) => `wc -l < ${quote(path)} || echo absent`).join('\n'),
 *   parse: ({ stdout }) =>
 *     stdout
 *       .toString('utf8')
 *       .trimEnd()
 *       .split('\n')
 *       .map((line) => (line === 'absent' ? absent : value(Number(line)))),
 *   dependsOn: (path) => [path],
 * });
 */
export function defineReader<K, V>(definition: ReaderDefinition<K, V>): ReaderFunction<K, V> {
  const read = (key: K): Read<V> => ({
    reader: definition as ReaderDefinition<unknown, V>,
    key,
    id: `${definition.name} ${JSON.stringify(key)}`,
  });
  return Object.assign(read, { definition });
}
