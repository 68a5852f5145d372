/** Images of a bundle: archives of a folder, kept with what they are. */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileContent, PlayError } from 'tsplay';
import { exists } from '../kubernetes/release/cache.ts';
import type { LockedFile } from '../kubernetes/release/lock.ts';

/**
 * Takes the archives of a folder into the bundle.
 * @param from a folder of archives with one image each, as `docker save` makes them
 * @throws PlayError where it has none
 */
export async function bundleImages(
  from: string,
  bundle: string,
  report: (line: string) => void,
): Promise<LockedFile[]> {
  const names = await readdir(from).catch((cause: unknown) => {
    throw new PlayError(`the folder ${from} cannot be read`, { cause });
  });
  const archives = names.filter((name) => /^[\w.-]+\.tar(\.gz)?$/.test(name)).toSorted();
  if (archives.length === 0) {
    throw new PlayError(`${from} has no archives of images`, {
      hint: 'docker save -o pause.tar k8s.gcr.io/pause:3.2, a file for each image',
    });
  }
  await mkdir(join(bundle, 'images'), { recursive: true });
  return Promise.all(archives.map((name) => taken(join(from, name), bundle, report)));
}

async function taken(
  source: string,
  bundle: string,
  report: (line: string) => void,
): Promise<LockedFile> {
  const path = `images/${basename(source)}`;
  const { digest, size } = await fileContent(source);
  const place = join(bundle, path);
  const isThere = (await exists(place)) && (await fileContent(place)).digest === digest;
  if (isThere) report(`${path} is there`);
  else {
    report(`taking ${source}`);
    await copyFile(source, place);
  }
  return { path, sha256: digest, size };
}
