import { sha256 } from '../../../engine/digest.ts';
import { tar, type TarEntry } from './tar.ts';

/** How a container of the image starts; the names are those of the image configuration. */
export interface ImageStart {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
}

export interface Image {
  /** References, `name:tag` each. */
  readonly names: readonly string[];
  /** As Go writes it: amd64, arm64. */
  readonly architecture: string;
  readonly start: ImageStart;
  /** Layers from the lowest up; each is the entries of its tree, paths without leading slash. */
  readonly layers: readonly (readonly TarEntry[])[];
}

const epoch = '1970-01-01T00:00:00Z';
const layerFile = (digest: string) => `${digest}.tar`;
const file = (path: string, content: Uint8Array | string): TarEntry => ({
  type: 'file',
  path,
  mode: 0o644,
  content: Buffer.from(content),
});

/**
 * Writes an image as the archive of `docker save`, which `docker load` and `ctr images import`
 * read. Equal images give equal bytes. Throws RangeError for a name without a tag.
 */
export function dockerArchive(image: Image): Buffer {
  for (const name of image.names) {
    if (!/^[a-z0-9][a-z0-9._/:-]*:[\w][\w.-]*$/.test(name)) {
      throw new RangeError(`an image's name is NAME:TAG, not ${name}`);
    }
  }
  const layers = image.layers.map((entries) => tar(entries));
  const digests = layers.map((layer) => sha256(layer));
  const config = JSON.stringify({
    architecture: image.architecture,
    os: 'linux',
    created: epoch,
    config: image.start,
    rootfs: { type: 'layers', diff_ids: digests.map((digest) => `sha256:${digest}`) },
    history: digests.map(() => ({ created: epoch, created_by: 'lab/kubernetes/images.ts' })),
  });
  const configName = `${sha256(config)}.json`;
  const manifest = JSON.stringify([
    { Config: configName, RepoTags: image.names, Layers: digests.map(layerFile) },
  ]);
  // The same layer twice is one file.
  const unique = [...new Map(digests.map((digest, at) => [digest, layers[at]])).entries()];
  return tar([
    ...unique.map(([digest, layer]) => file(layerFile(digest), layer ?? '')),
    file(configName, config),
    file('manifest.json', manifest),
  ]);
}
