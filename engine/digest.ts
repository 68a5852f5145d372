/** Digests on the controller: sha256 in lower-case hex, as `sha256sum` prints it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Of a text (as UTF-8) or bytes. */
export const sha256 = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

/**
 * Of what a file holds; it is read in parts, however large it is.
 * @throws what the file system says
 */
export async function fileDigest(path: string): Promise<string> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(path), sum);
  return sum.digest('hex');
}
