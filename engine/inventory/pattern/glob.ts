/** Shell patterns for names: `*`, `?`, `[seq]`, `[!seq]`; case counts. */

export const isGlob = (text: string): boolean => /[*?[]/.test(text);

/** A regular expression that matches the same whole names. */
export function globToRegex(glob: string): RegExp {
  const source = glob.replace(/\[([!^]?)(\]?[^\]]*)\]|[\s\S]/g, (all, not: string, set: string) => {
    if (set !== undefined) {
      const escaped = set.replace(/[\\[\]^]/g, '\\$&');
      return `[${not === '' ? '' : '^'}${orderly(escaped)}]`;
    }
    if (all === '*') return '.*';
    if (all === '?') return '.';
    return all.replace(/[\\^$.|+()[\]{}/-]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's');
}

/** `[z-a]` holds nothing in a shell and is an error in a regular expression. */
const orderly = (set: string): string =>
  set.replace(/([^\\])-([^\]])/g, (range, from: string, to: string) =>
    from <= to ? range : `${from}\\-${to}`,
  );
