/** Module `find`: which files are there. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import { globToRegex } from '../../glob.ts';
import { same } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import {
  listing,
  listingLimit,
  type ListedFile,
  type ListingValue,
} from '../../readers/files/listing.ts';
import { absolutePath } from '../shared/argument.ts';

const globs = z.array(z.string().min(1));

const args = z.strictObject({
  paths: z.union([absolutePath, z.array(absolutePath).min(1)]).describe('folders to look into'),
  patterns: globs.min(1).optional().describe("names: '*.log', '[a-c]?'; default all"),
  exclude: globs.default([]).describe('names to leave out'),
  type: z
    .enum(['file', 'directory', 'link', 'any'])
    .default('file')
    .describe('type of what is found'),
  recurse: z.boolean().default(false).describe('also look into folders below them'),
  depth: z.int().min(1).optional().describe('with recurse: levels to descend'),
  hidden: z.boolean().default(false).describe('include names that begin with a dot'),
  olderThan: z
    .number()
    .min(0)
    .optional()
    .describe('least age in seconds, since it was last modified'),
  newerThan: z.number().min(0).optional().describe('greatest age in seconds'),
  minSize: z.int().min(0).optional().describe('least size in bytes'),
  maxSize: z.int().min(0).optional().describe('greatest size in bytes'),
  contains: z
    .string()
    .min(1)
    .optional()
    .describe('POSIX extended regular expression that a line of the file must match'),
});

type Want = z.output<typeof args>;

export interface FoundFile {
  readonly path: string;
  readonly type: ListedFile['type'];
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

export interface FindResult {
  /** By path. */
  readonly files: readonly FoundFile[];
  readonly paths: readonly string[];
}

export const find = defineModule({
  name: 'find',
  onlyAsks: true,
  summary: 'Finds files by name, type, age, size and content.',
  args,
  example: `find('old logs', { paths: '/var/log/app', patterns: ['*.log'], olderThan: 7 * 86400 })`,
  returns: {
    files: 'path, type, mode, owner, group, size, modified of each, by path',
    paths: 'only the paths',
  },
  mistakes(want) {
    const found: string[] = [];
    if (want.depth !== undefined && !want.recurse) found.push('depth needs recurse');
    if (want.contains !== undefined && want.type !== 'file') found.push('contains needs type file');
    return found;
  },
  reads: (want): Readonly<Record<`/${string}`, Read<ListingValue>>> =>
    Object.fromEntries(
      listOf(want.paths).map((path) => [
        path,
        listing({
          path,
          ...(want.recurse ? {} : { depth: 1 }),
          ...(want.depth !== undefined && { depth: want.depth }),
          ...(want.contains !== undefined && { contains: want.contains }),
        }),
      ]),
    ),
  plan(want, is, on) {
    const found = new Map<string, FoundFile>();
    const isNamed = namesOf(want);
    for (const path of listOf(want.paths)) {
      const now = is[path as `/${string}`];
      if (now?.kind === 'not a folder') throw new StepError(`${path} is no folder`);
      if (now?.kind === 'too large') {
        throw new StepError(
          `${path} is too large: its listing is longer than ${listingLimit} bytes`,
          { hint: 'look into folders below it one by one' },
        );
      }
      for (const entry of now?.entries ?? []) {
        const named = isNamed(entry.path.slice(entry.path.lastIndexOf('/') + 1));
        if (named && isWanted(want, entry, on.facts.clock.host))
          found.set(entry.path, fileOf(entry));
      }
    }
    const files = [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    return same<FindResult>({ files, paths: files.map(({ path }) => path) });
  },
});

const listOf = (paths: Want['paths']): readonly string[] =>
  typeof paths === 'string' ? [paths] : paths;

/** Tells whether `hidden`, `patterns` and `exclude` let a name through. */
function namesOf({ hidden, patterns, exclude }: Want): (name: string) => boolean {
  const wanted = patterns?.map((glob) => globToRegex(glob));
  const left = exclude.map((glob) => globToRegex(glob));
  return (name) =>
    (hidden || !name.startsWith('.')) &&
    (wanted === undefined || wanted.some((regex) => regex.test(name))) &&
    !left.some((regex) => regex.test(name));
}

function isWanted(want: Want, entry: ListedFile, now: number): boolean {
  const age = now - entry.modified;
  return (
    (want.type === 'any' || entry.type === want.type) &&
    age >= (want.olderThan ?? -Infinity) &&
    age <= (want.newerThan ?? Infinity) &&
    entry.size >= (want.minSize ?? 0) &&
    entry.size <= (want.maxSize ?? Infinity)
  );
}

const fileOf = (entry: ListedFile): FoundFile => {
  const { path, type, mode, owner, group, size, modified } = entry;
  return { path, type, mode, owner, group, size, modified };
};
