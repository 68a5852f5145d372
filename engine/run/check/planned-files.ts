/** Check: files of the controller that planned steps write (rule 21, check). */
import { sep } from 'node:path';

export class PlannedFiles {
  readonly #planned: { readonly because: string; readonly paths: readonly string[] | undefined }[] =
    [];

  /** @param paths undefined: nobody knows which */
  add(because: string, paths: readonly string[] | undefined): void {
    this.#planned.push({ because, paths });
  }

  /** The last planned step that writes the path, or one of those below it; without a path, any. */
  for(path: string | undefined): string | undefined {
    const found = this.#planned.findLast(({ paths }) =>
      path === undefined ? true : paths?.some((each) => each === path || isBelow(each, path)),
    );
    return found?.because;
  }
}

/** Either is a folder of the other. */
const isBelow = (one: string, other: string): boolean =>
  one.startsWith(other + sep) || other.startsWith(one + sep);
