/** What installing or removing packages can change besides the packages. */
import type { Invalidates } from '../../../module/plan.ts';
import type { Read } from '../../../module/reader.ts';

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
 * @param packages reads of every package that changes, where a simulation told which: in check
 * the other ones stay known. In a real run all are asked anew, which costs nothing there.
 */
export function touchedByPackages(
  check: boolean,
  packages: readonly Read<unknown>[] | undefined,
): Invalidates {
  const known = check && packages !== undefined;
  return {
    paths: folders,
    anything: true,
    readers: [
      'unit',
      'account',
      'accountId',
      'home',
      'timezone',
      'kernelModule',
      ...(known ? [] : ['package']),
    ],
    ...(known ? { reads: packages } : {}),
  };
}
