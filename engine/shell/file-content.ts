/** A local file as content: small ones are held in memory, larger ones opened anew when sent. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { fileDigest } from '../digest.ts';
import { PlayError } from '../errors.ts';
import { contentOf, type Content } from './content.ts';

/** Bytes up to which a file is held in memory. */
const memoryLimit = 1024 * 1024;

/**
 * The content of a local file as it is now.
 * @param path absolute path
 * @param digest its sha256 in lower-case hex where that is known: then the file is not read before it is sent
 * @returns content in memory up to 1 MiB, else opened anew each time it is sent
 * @throws what the file system says; what is sent is checked against the digest
 * @example
 * export const kubelet = await fileContent('/srv/binaries/kubelet');
 */
export async function fileContent(path: string, digest?: string): Promise<Content> {
  const { size } = await stat(path);
  if (digest === undefined && size <= memoryLimit) return contentOf(await readFile(path));
  const expected = digest ?? (await fileDigest(path));
  const open = (): Readable => checked(path, expected);
  return { kind: 'content', digest: expected, size, secret: false, open };
}

/**
 * A stream that fails at its end when the file is no longer what was planned with (rule 8,
 * preparing).
 */
function checked(path: string, expected: string): Readable {
  const digest = createHash('sha256');
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const found = digest.digest('hex');
      done(found === expected ? null : new PlayError(`${path} changed while it was sent`));
    },
  });
  const source = createReadStream(path);
  source.on('error', (error) => check.destroy(error));
  return source.pipe(check);
}
