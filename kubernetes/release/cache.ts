/** What the controller keeps so that it is fetched, unpacked or compressed once. */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { fileContent, type Content } from 'tsplay';

/** `$TSPLAY_CACHE`; else /var/cache/tsplay for root, and `~/.cache/tsplay` for others. */
export function cacheFolder(): string {
  const given = process.env['TSPLAY_CACHE'];
  if (given !== undefined && given !== '') return given;
  if (process.getuid?.() === 0) return '/var/cache/tsplay';
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tsplay');
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * A file or folder that appears whole, in one rename; what another run made meanwhile is taken.
 * @param make writes to the path that it is given
 */
export async function once(
  path: string,
  make: (unfinished: string) => Promise<void>,
): Promise<void> {
  if (await exists(path)) return;
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await make(unfinished);
    await rename(unfinished, path).catch(async (error: unknown) => {
      if (!(await exists(path))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** The content compressed, kept by its digest. The fastest level: programs shrink to a third. */
export async function compressed(content: Content): Promise<Content> {
  const path = join(cacheFolder(), 'gzip', `${content.digest}.gz`);
  await once(path, async (unfinished) => {
    const gzip = createGzip({ level: constants.Z_BEST_SPEED });
    await pipeline(content.open(), gzip, createWriteStream(unfinished));
  });
  return fileContent(path);
}
