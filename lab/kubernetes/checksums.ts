import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The digest of a file, in hexadecimal. */
export async function digestOfFile(path: string, algorithm: 'sha256' | 'sha512'): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * Writes SHA256SUMS and SHA512SUMS over the files of `folder/part`, in the format that
 * `sha256sum --check` reads from `folder`.
 */
export async function writeChecksums(folder: string, part: string): Promise<void> {
  const names = (await readdir(join(folder, part))).toSorted();
  for (const algorithm of ['sha256', 'sha512'] as const) {
    const lines: string[] = [];
    for (const name of names) {
      lines.push(`${await digestOfFile(join(folder, part, name), algorithm)}  ${part}/${name}\n`);
    }
    await writeFile(join(folder, `${algorithm.toUpperCase()}SUMS`), lines.join(''));
  }
}
