import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { containerImage } from '../../../kubernetes/modules/container-image/index.ts';
import { fullName, imagesIn } from '../../../kubernetes/modules/container-image/archive.ts';
import { containerImage as read } from '../../../kubernetes/readers/container-image.ts';
import { shells, testModule, TestHost } from '../../../engine/testing.ts';
import { dockerArchive } from '../../../lab/kubernetes/archive/docker-archive.ts';
import { tar } from '../../../lab/kubernetes/archive/tar.ts';
import { folder } from '../../readers/asking.ts';

const file = (path: string, text: string) => ({
  type: 'file' as const,
  path,
  mode: 0o644,
  content: Buffer.from(text),
});
const image = (names: readonly string[]): Buffer =>
  dockerArchive({
    names,
    architecture: 'amd64',
    start: { Cmd: ['sh'] },
    layers: [[file('etc/motd', names.join())]],
  });

/** Two images in one archive, as `docker save A B` makes it. */
function twoImages(): Buffer {
  const configuration = (of: string): string => JSON.stringify({ of });
  const entry = (of: string) => ({ Config: `${of}.json`, RepoTags: [`${of}:1`], Layers: [] });
  return tar([
    file('one.json', configuration('one')),
    file('two.json', configuration('two')),
    file('manifest.json', JSON.stringify([entry('one'), entry('two')])),
  ]);
}

function archive(bytes: Buffer): string {
  const path = `${folder()}/image.tar`;
  writeFileSync(path, bytes);
  return path;
}

describe('an archive', () => {
  test('tells its images by the digest of their configuration', async () => {
    const [found] = await imagesIn(archive(image(['busybox:1.35', 'test/other:2'])));
    expect(found?.names).toEqual(['busybox:1.35', 'test/other:2']);
    expect(found?.id).toMatch(/^[0-9a-f]{64}$/);
    const two = await imagesIn(archive(twoImages()));
    const sum = createHash('sha256').update('{"of":"two"}').digest('hex');
    expect(two[1]).toEqual({ id: sum, names: ['two:1'] });
  });

  test('may be compressed', async () => {
    const [found] = await imagesIn(archive(gzipSync(image(['a:1']))));
    expect(found?.names).toEqual(['a:1']);
  });

  test('that holds something else is refused', async () => {
    await expect(imagesIn(archive(tar([file('README', 'hello')])))).rejects.toThrow(
      'is no archive of images',
    );
    await expect(imagesIn(archive(Buffer.alloc(700, 'x')))).rejects.toThrow('it is no tar archive');
  });
});

test.each([
  ['busybox', 'docker.io/library/busybox:latest'],
  ['busybox:1.35', 'docker.io/library/busybox:1.35'],
  ['calico/node:v3', 'docker.io/calico/node:v3'],
  ['k8s.gcr.io/pause:3.2', 'k8s.gcr.io/pause:3.2'],
  ['localhost/a', 'localhost/a:latest'],
  ['registry.test:5000/a/b@sha256:00', 'registry.test:5000/a/b@sha256:00'],
])('containerd calls %s %s', (name, full) => {
  expect(fullName(name)).toBe(full);
});

const two = archiveFor(twoImages());
const one = archiveFor(image(['busybox:1.35']));
const [{ id } = { id: '' }] = await imagesIn(one);

/** For tables, which are made before the first test. */
function archiveFor(bytes: Buffer): string {
  const place = mkdtempSync(join(tmpdir(), 'play-image-'));
  afterAll(() => rmSync(place, { recursive: true }));
  writeFileSync(join(place, 'image.tar'), bytes);
  return join(place, 'image.tar');
}

testModule(
  containerImage,
  [
    {
      name: 'an image that is missing is imported under the name that containerd gives it',
      want: { src: one },
      plan: 'change',
      differences: [{ what: 'docker.io/library/busybox:1.35', from: 'absent' }],
      script: ['ctr -n k8s.io images import -'],
      result: { id },
    },
    {
      name: 'the same image is the same, whatever it is stored as',
      want: { src: one },
      is: { image: { id } },
      plan: 'same',
    },
    {
      name: 'another image of that name is replaced',
      want: { src: one },
      is: { image: { id: 'f'.repeat(64) } },
      plan: 'change',
      differences: [{ from: 'image ffffffffffff' }],
    },
    {
      name: 'docker gets it under its own name',
      want: { src: one, runtime: 'docker' },
      plan: 'change',
      differences: [{ what: 'busybox:1.35' }],
      script: ['docker load'],
    },
    {
      name: 'of several images one must be named',
      want: { src: two },
      fails: /holds several images/,
    },
    {
      name: 'and that one is taken',
      want: { src: two, name: 'two:1' },
      plan: 'change',
      differences: [{ what: 'docker.io/library/two:1' }],
    },
    {
      name: 'one that is not in the archive is told, with what is',
      want: { src: two, name: 'three:1' },
      fails: /holds no three:1/,
    },
  ],
  test,
);

/** What ctr of containerd 1.6.20 said on Debian 12, of the image that the lab makes. */
const listed = `REF                            TYPE                                                 DIGEST                                                                  SIZE    PLATFORMS   LABELS                          
docker.io/library/busybox:1.35 application/vnd.docker.distribution.manifest.v2+json sha256:82f3057096442bd9b75642ef5b6f9a0180f663328b1b86faf357b8157ab3b026 2.0 MiB linux/amd64 io.cri-containerd.image=managed 
`;
const manifest =
  '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"sha256:f2b8f5347f2016fb4d59d8111e6f08298701d57891f9d5784fe84aa1065ce430","size":371},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar","digest":"sha256:422eb4e3566c8a885f33b7c6e6971cd91181781111ad284954e50cc0892905aa","size":2125312}]}';

describe.each(shells)('reading under %s', (shell) => {
  /** A runtime that answers like that, first in the path. */
  function hostWith(program: string, script: string): TestHost {
    const bin = `${folder()}/bin`;
    mkdirSync(bin);
    writeFileSync(`${bin}/${program}`, `#!/bin/sh\n${script}`);
    chmodSync(`${bin}/${program}`, 0o755);
    const path = `${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
    return new TestHost({ shell, environment: { PATH: path } });
  }
  const key = (reference: string) =>
    ({ runtime: 'containerd', namespace: 'k8s.io', reference }) as const;

  test('containerd tells the manifest, and with it the image', async () => {
    const ctr = `case "$4" in ls) cat <<'END'
${listed}END
;; get) printf %s '${manifest}' ;; esac`;
    const answers = await hostWith('ctr', ctr).ask([
      read(key('docker.io/library/busybox:1.35')),
      read(key('docker.io/library/other:1')),
    ]);
    expect(answers).toEqual([
      {
        answer: 'value',
        value: { id: 'f2b8f5347f2016fb4d59d8111e6f08298701d57891f9d5784fe84aa1065ce430' },
      },
      { answer: 'absent' },
    ]);
  });

  test('docker tells the image', async () => {
    const docker = `case "$*" in *known*) echo sha256:${'d'.repeat(64)} ;; *) exit 1 ;; esac`;
    const of = (reference: string) => read({ runtime: 'docker', namespace: '', reference });
    expect(await hostWith('docker', docker).ask([of('known:1'), of('other:1')])).toEqual([
      { answer: 'value', value: { id: 'd'.repeat(64) } },
      { answer: 'absent' },
    ]);
  });

  test('an import that brought nothing is seen', async () => {
    const host = hostWith('ctr', 'cat >/dev/null');
    await expect(host.apply(containerImage, { src: one })).rejects.toThrow('applied, but');
  });

  test('a runtime that does not answer has no images', async () => {
    const down = hostWith('ctr', 'echo "connection refused" >&2; exit 1');
    expect(await down.ask([read(key('a:1'))])).toEqual([{ answer: 'absent' }]);
  });
});
