import { describe, expect, it } from 'vitest';
import type { TarEntry } from '../../../lab/kubernetes/archive/tar.ts';
import { imageContents, imageNames, webVersions } from '../../../lab/kubernetes/image-list.ts';

const contents = imageContents({
  pause: Buffer.from('pause'),
  dns: Buffer.from('dns'),
  metrics: Buffer.from('metrics'),
  web: new Map(webVersions.map((version) => [version, Buffer.from(`web ${version}`)])),
  busybox: Buffer.from('busybox'),
  applets: ['busybox', 'nslookup', 'sh', 'wget'],
});
const images = Object.entries(contents);
const searched = ['usr/sbin', 'bin'];

/** The file that a container of the image executes, through links. */
function executable(entries: readonly TarEntry[], command: string): TarEntry | undefined {
  const candidates = command.startsWith('/')
    ? [command.slice(1)]
    : searched.map((folder) => `${folder}/${command}`);
  const found = entries.find((entry) => candidates.includes(entry.path));
  return found?.type === 'link' ? executable(entries, found.target) : found;
}

describe('the images of the lab', () => {
  it('has contents for every name', () => {
    expect(Object.keys(contents).toSorted()).toEqual(Object.keys(imageNames).toSorted());
  });

  it.each(images)('%s starts a program that it holds', (_key, { start, layers }) => {
    const [command] = [...(start.Entrypoint ?? []), ...(start.Cmd ?? [])];
    expect(executable(layers.flat(), command ?? '')).toMatchObject({ type: 'file', mode: 0o755 });
  });

  it.each(images)('%s puts the parent of an entry before the entry', (_key, { layers }) => {
    const seen = new Set(['']);
    for (const { path } of layers.flat()) {
      expect(seen).toContain(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');
      seen.add(path);
    }
  });

  it('gives the two versions of nginx different programs over one shared layer', () => {
    const [old, next] = [contents['nginx-1.7.9'], contents['nginx-1.8']];
    expect(old.layers[0]).toEqual(next.layers[0]);
    expect(old.layers[1]).not.toEqual(next.layers[1]);
    expect(old.start.Env).toContain('NGINX_VERSION=1.7.9');
  });
});
