/**
 * Container images of the lab, made without a registry: `npx tsx lab/kubernetes/images.ts`. With
 * `--variables` it answers what `play -e` takes, so that the role containerd imports them.
 * lab/kubernetes/README.md tells what each one is.
 */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlayError } from 'tsplay';
import { dockerArchive } from './archive/docker-archive.ts';
import { cached, cacheFolder, recipeHash, type Workplace } from './cache.ts';
import { writeChecksums } from './checksums.ts';
import { runAsCommand } from './command-line.ts';
import { goVersion } from './go.ts';
import { imageContents, imageNames, webVersions, type ImageKey } from './image-list.ts';
import { compilePrograms, sourcesHash } from './programs.ts';

export { imageNames, type ImageKey } from './image-list.ts';

/** References for some of the images; the others keep those of `imageNames`. */
export type ImageNames = Partial<Readonly<Record<ImageKey, readonly string[]>>>;

export interface ImageArchive {
  readonly key: ImageKey;
  /** The references it is loaded under. */
  readonly names: readonly string[];
  /** A docker-archive, for `ctr -n k8s.io images import` and `docker load`. */
  readonly file: string;
}

export interface KubernetesImages {
  readonly directory: string;
  readonly images: readonly ImageArchive[];
}

const architectures: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const keys = Object.keys(imageNames) as ImageKey[];

/** The writers' own text is an ingredient: a change there makes new archives. */
function writers(): Buffer[] {
  return ['archive/tar.ts', 'archive/docker-archive.ts', 'image-list.ts', 'programs.ts'].map(
    (name) => readFileSync(fileURLToPath(new URL(name, import.meta.url))),
  );
}

/**
 * Answers the archives of all images, making them first when the cache has none (half a minute).
 * Throws PlayError when a step fails or this machine's architecture is not known.
 * @param names references that differ from `imageNames`
 * @param report is told what is being done, a line at a time
 */
export async function kubernetesImages(
  names: ImageNames = {},
  report: (line: string) => void = () => {},
): Promise<KubernetesImages> {
  const architecture = architectures[process.arch];
  if (architecture === undefined) throw new PlayError(`no images for ${process.arch}`);
  const wanted = keys.map((key) => ({ key, names: names[key] ?? imageNames[key] }));
  const recipe = recipeHash(
    architecture,
    goVersion,
    sourcesHash(),
    JSON.stringify(wanted),
    ...writers(),
  );
  const folder = join(cacheFolder(), 'images', recipe);
  const directory = join(folder, 'archives');
  await cached(folder, (place) => make(place, architecture, wanted, report));
  return {
    directory,
    images: wanted.map((image) => ({ ...image, file: join(directory, `${image.key}.tar`) })),
  };
}

async function make(
  place: Workplace,
  architecture: string,
  wanted: readonly { key: ImageKey; names: readonly string[] }[],
  report: (line: string) => void,
): Promise<void> {
  const programs = await compilePrograms(place, webVersions, report);
  const contents = imageContents(programs);
  const archives = join(place.result, 'archives');
  await mkdir(archives, { recursive: true });
  for (const { key, names } of wanted) {
    const archive = dockerArchive({ names, architecture, ...contents[key] });
    await writeFile(join(archives, `${key}.tar`), archive);
  }
  await writeChecksums(place.result, 'archives');
}

await runAsCommand(import.meta.url, async (report) => {
  const { images } = await kubernetesImages({}, report);
  if (process.argv.includes('--variables')) {
    return [JSON.stringify({ containerdImages: images.map(({ file }) => file) })];
  }
  return images.map(({ names, file }) => `${names.join(' ')} ${file}`);
});
