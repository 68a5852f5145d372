/** What installing or removing packages can change besides the packages. */
import type { Touches } from '../module/plan.ts';
import type { Read } from '../module/reader.ts';

/** Where packages put their files; homes and temporary folders are not theirs. */
const folders = [
  '/etc/',
  '/usr/',
  '/var/',
  '/opt/',
  '/srv/',
  '/lib/',
  '/lib64/',
  '/bin/',
  '/sbin/',
  '/boot/',
  '/run/',
];

/**
 * @param packages reads of every package that changes, where a simulation told which; in a real
 * run all packages are asked anew, since it costs nothing there
 */
export function touchedByPackages(
  check: boolean,
  packages: readonly Read<unknown>[] | undefined,
): Touches {
  const known = check && packages !== undefined;
  return {
    paths: folders.filter((folder) => !known || folder !== '/var/'),
    readers: ['unit', 'account', ...(known ? [] : ['package'])],
    ...(known ? { reads: packages } : {}),
  };
}
