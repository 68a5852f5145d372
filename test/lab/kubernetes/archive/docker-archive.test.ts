import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dockerArchive, type Image } from '../../../../lab/kubernetes/archive/docker-archive.ts';
import type { TarEntry } from '../../../../lab/kubernetes/archive/tar.ts';

const layer = (content: string): TarEntry[] => [
  { type: 'file', path: 'run', mode: 0o755, content: Buffer.from(content) },
];
const image: Image = {
  names: ['k8s.gcr.io/pause:3.2', 'pause:latest'],
  architecture: 'amd64',
  start: { Entrypoint: ['/run'], Env: ['A=b'] },
  layers: [layer('below'), layer('above')],
};

const member = (archive: Buffer, name: string) =>
  execFileSync('tar', ['-xOf', '-', name], { input: archive });
const json = (archive: Buffer, name: string) =>
  JSON.parse(member(archive, name).toString()) as unknown;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

interface Manifest {
  Config: string;
  RepoTags: string[];
  Layers: string[];
}
const manifestOf = (archive: Buffer) => (json(archive, 'manifest.json') as [Manifest])[0];

describe('dockerArchive', () => {
  it('names the image, its configuration by digest and its layers from the lowest up', () => {
    const archive = dockerArchive(image);
    const manifest = manifestOf(archive);
    expect(manifest.RepoTags).toEqual(image.names);
    expect(manifest.Config).toBe(`${sha256(member(archive, manifest.Config))}.json`);
    const contents = manifest.Layers.map((name) =>
      execFileSync('tar', ['-xOf', '-', 'run'], { input: member(archive, name) }).toString(),
    );
    expect(contents).toEqual(['below', 'above']);
  });

  it('gives the digest of each layer in the configuration, and how the container starts', () => {
    const archive = dockerArchive(image);
    const manifest = manifestOf(archive);
    expect(json(archive, manifest.Config)).toMatchObject({
      architecture: 'amd64',
      os: 'linux',
      config: image.start,
      rootfs: {
        type: 'layers',
        diff_ids: manifest.Layers.map((name) => `sha256:${sha256(member(archive, name))}`),
      },
    });
  });

  it('stores a layer that stands twice in an image once', () => {
    const archive = dockerArchive({ ...image, layers: [layer('same'), layer('same')] });
    const names = execFileSync('tar', ['-tf', '-'], { input: archive, encoding: 'utf8' });
    expect(names.split('\n').filter((name) => name.endsWith('.tar'))).toHaveLength(1);
    expect(manifestOf(archive).Layers).toHaveLength(2);
  });

  it('gives equal bytes for equal images', () => {
    expect(dockerArchive(image).equals(dockerArchive(image))).toBe(true);
  });

  it.each(['pause', 'Pause:3.2', 'pause:', 'pause:3 2'])('refuses the name "%s"', (name) => {
    expect(() => dockerArchive({ ...image, names: [name] })).toThrow(/NAME:TAG/);
  });
});
