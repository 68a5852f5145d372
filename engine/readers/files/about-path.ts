/** How readers of one path are asked of another one, in check. */
import type { AboutPath } from '../../module/reader.ts';

/** The key is the path; the answer does not name it. */
export const followedPath = {
  path: (key: string) => key,
  follows: () => true,
  at: (_key: string, path: string) => path,
  as: <V>(is: V) => is,
} satisfies AboutPath<string, unknown>;

interface Listed {
  readonly path: string;
}

/** Entries below a folder, named from where one asked. */
export function renamed<E extends Listed>(entries: readonly E[], from: string, to: string): E[] {
  if (from === to) return [...entries];
  const above = from === '/' ? '' : from;
  return entries.map((each) => ({ ...each, path: `${to}${each.path.slice(above.length)}` }));
}
