/** Takes single files out of an archive, with what they are. */
import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { readTar } from 'tsplay';

export interface Unpacked {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * @param placeOf where a member is to be written; undefined: it is passed over
 * @returns what was written, by the place
 * @throws PlayError for an archive that is cut short or none
 */
export async function untar(
  archive: string,
  placeOf: (member: string) => string | undefined,
): Promise<ReadonlyMap<string, Unpacked>> {
  const written = new Map<string, { readonly size: number; readonly sum: Hash }>();
  const closing: (() => Promise<void>)[] = [];
  try {
    await readTar(archive, ({ path, size }) => {
      const place = placeOf(path);
      if (place === undefined) return undefined;
      const sum = createHash('sha256');
      const file = open(place, 'w', 0o755);
      closing.push(async () => (await file).close());
      written.set(place, { size, sum });
      return async (bytes) => {
        sum.update(bytes);
        await (await file).write(bytes);
      };
    });
  } finally {
    await Promise.all(closing.map((close) => close()));
  }
  return new Map(
    [...written].map(([place, { size, sum }]) => [place, { size, sha256: sum.digest('hex') }]),
  );
}
