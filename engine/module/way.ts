/** Where a path leads: the links on its way, and the names that are one thing in the end. */

/** A link by its real name: the real path of its folder, and its own name. */
export interface Link {
  readonly at: string;
  /** What it holds. */
  readonly to: string;
}

export interface Way {
  /** Real path of its folder, and its last part. */
  readonly name: string;
  /** Where it ends once links as last part are followed too; `name` where there are none. */
  readonly end: string;
  readonly links: readonly Link[];
  /** Folders that it leaves by `..`: without them the host finds nothing. */
  readonly left: readonly string[];
  /** `device:inode` of a file that has more names than this one. */
  readonly inode?: string | undefined;
  readonly folder?: boolean | undefined;
}

/** Links that a host follows in one path. */
export const linksAllowed = 40;

/**
 * Follows a path as a host does. What is not there yet is taken as it is written.
 * @param path absolute
 * @param linkAt what the link of that real name holds; undefined where it is none
 */
export function followWay(path: string, linkAt: (name: string) => string | undefined): Way {
  const links: Link[] = [];
  const left: string[] = [];
  const rest = path.split('/').toReversed();
  let base = '';
  let name: string | undefined;
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (base !== '') left.push(base);
      base = base.slice(0, Math.max(base.lastIndexOf('/'), 0));
      continue;
    }
    const at = `${base}/${part}`;
    if (rest.every((more) => more === '' || more === '.')) name ??= at;
    const to = links.length < linksAllowed ? linkAt(at) : undefined;
    if (to === undefined) {
      base = at;
      continue;
    }
    links.push({ at, to });
    rest.push(...to.split('/').toReversed());
    if (to.startsWith('/')) base = '';
  }
  const end = base || '/';
  return { name: name ?? end, end, links, left };
}

/** Whether `inner` is `outer` or lies below it; both are real paths. */
export const isWithin = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
