/** What no script can hold, such as a NUL in an argument, fails its own step and no other. */
import type { Read, ReaderDefinition } from '../../module/reader.ts';

/** Reads of one reader that one script answers. */
export interface Batch {
  readonly reader: ReaderDefinition<unknown, unknown>;
  readonly reads: readonly Read<unknown>[];
}

/**
 * The batches without the reads that cannot be asked.
 * @param why gets, by id, why such a read cannot
 */
export function askable(
  batches: readonly Batch[],
  mark: string,
  why: Map<string, string>,
): readonly Batch[] {
  return batches
    .map(({ reader, reads }) => {
      if (mistake(reader, reads, mark) === undefined) return { reader, reads };
      const good = reads.filter((read) => {
        const wrong = mistake(reader, [read], mark);
        if (wrong !== undefined) why.set(read.id, wrong);
        return wrong === undefined;
      });
      return { reader, reads: good };
    })
    .filter(({ reads }) => reads.length > 0);
}

function mistake(
  reader: Batch['reader'],
  reads: readonly Read<unknown>[],
  mark: string,
): string | undefined {
  try {
    reader.script(
      reads.map((read) => read.key),
      mark,
    );
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
