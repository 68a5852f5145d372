/**
 * The wildcards of tsplay, one for all places: patterns and `--limit` of inventories, `find`,
 * versions of packages, `--start-at-task`, known_hosts. They are for names, not for paths:
 *
 * - `*` is any characters, also none, `/` and a leading dot included; `?` is one character;
 * - `[abc]`, `[a-z]` is one character of a set, `[!abc]`, `[^abc]` one that is not in it; `]` counts
 *   as a character where it comes first, `-` where it comes first or last; a range that runs
 *   backwards is empty; a set without an end is a bracket;
 * - everything else is itself, a backslash too; case counts; a pattern matches whole names.
 */

export interface GlobStyle {
  /** Whether brackets are sets; where they are not they stand for themselves. Default true. */
  readonly sets?: boolean;
}

export const isGlob = (text: string): boolean => /[*?[]/.test(text);

/** A regular expression that matches the same whole names. */
export function globToRegex(glob: string, { sets = true }: GlobStyle = {}): RegExp {
  const token = sets ? /\[([!^]?)(\]?[^\]]*)\]|\*+|[^]/gu : /\*+|[^]/gu;
  const parts = [...glob.matchAll(token)].map(([sign, not, set]) => {
    if (set !== undefined && set !== '') return setSource(set, not !== '');
    if (sign.startsWith('*')) return '[^]*';
    return sign === '?' ? '[^]' : literally(sign);
  });
  return new RegExp(`^${parts.join('')}$`, 'u');
}

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, escaped);

/** By its number: which signs may be escaped differs inside and outside of sets. */
const escaped = (sign: string): string => `\\u{${sign.charCodeAt(0).toString(16)}}`;

function setSource(set: string, not: boolean): string {
  const parts = [...set.matchAll(/([^])-([^])|[^]/gu)].flatMap(([one, from, to]) => {
    if (from === undefined || to === undefined) return [literally(one)];
    return from <= to ? [`${literally(from)}-${literally(to)}`] : [];
  });
  return `[${not ? '^' : ''}${parts.join('')}]`;
}
