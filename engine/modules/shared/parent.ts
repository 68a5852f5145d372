/** The folder that something is made in must be there. */
import { StepError } from '../../errors.ts';
import type { FileValue } from '../../readers/files/file.ts';

/** The folder of an absolute path. */
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** @throws StepError when the folder of `path` is not there or is no folder */
export function requireFolder(path: string, parent: FileValue | undefined): void {
  const folder = parentOf(path);
  if (parent === undefined) {
    throw new StepError(`cannot write ${path}: its folder ${folder} is missing`, {
      hint: `make it first: file('…', { path: '${folder}', state: 'directory' })`,
    });
  }
  if (parent.type !== 'directory') {
    throw new StepError(`cannot write ${path}: ${folder} is a ${parent.type}, not a folder`);
  }
}
