/** Paths that a host may have named: the one rule for them. A host names nothing on the controller. */

/** Whether a part of it leads up. */
export const leadsUp = (path: string): boolean => path.split('/').includes('..');

/** Neither absolute nor with parts that lead up or nowhere: it stays below whatever it is put. */
export const staysBelow = (path: string): boolean =>
  path !== '' && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/**
 * A path that a host answered, of something below a folder.
 * @throws Error when it is not below that folder
 */
export function pathBelow(folder: string, path: string): string {
  const start = folder === '/' ? '/' : `${folder}/`;
  if (path.startsWith(start) && staysBelow(path.slice(start.length))) return path;
  throw new Error(`the host named ${JSON.stringify(path)}, which is not below ${folder}`);
}
