import type { Image, ImageStart } from './archive/docker-archive.ts';
import type { TarEntry } from './archive/tar.ts';
import type { Programs } from './programs.ts';

/** The references of the images, by what they are for. A version table may name others. */
export const imageNames = {
  pause: ['k8s.gcr.io/pause:3.2'],
  'nginx-1.7.9': ['nginx:1.7.9'],
  'nginx-1.8': ['nginx:1.8'],
  coredns: ['k8s.gcr.io/coredns:1.7.0'],
  'metrics-server': ['k8s.gcr.io/metrics-server/metrics-server:v0.4.1'],
  flannel: ['quay.io/coreos/flannel:v0.13.0'],
  busybox: ['busybox:1.35'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** One of the images of the lab. */
export type ImageKey = keyof typeof imageNames;

/** The versions of nginx that the web server stands in for. */
export const webVersions = ['1.7.9', '1.8'] as const;

const folder = (path: string, mode = 0o755): TarEntry => ({ type: 'folder', path, mode });
const file = (path: string, content: Uint8Array | string, mode = 0o644): TarEntry => ({
  type: 'file',
  path,
  mode,
  content: Buffer.from(content),
});
const program = (path: string, content: Uint8Array) => file(path, content, 0o755);

/** A tree with a shell and its tools, each a link to busybox. */
function shellTree({ busybox, applets }: Programs): TarEntry[] {
  return [
    folder('bin'),
    folder('etc'),
    folder('root', 0o700),
    folder('tmp', 0o1777),
    file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n'),
    file('etc/group', 'root:x:0:\nnobody:x:65534:\n'),
    program('bin/busybox', busybox),
    ...applets
      .filter((applet) => applet !== 'busybox')
      .map((applet): TarEntry => ({ type: 'link', path: `bin/${applet}`, target: 'busybox' })),
  ];
}

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function web(version: string, programs: Programs): Pick<Image, 'start' | 'layers'> {
  const binary = programs.web.get(version);
  if (binary === undefined) throw new RangeError(`no web server was compiled for ${version}`);
  const start: ImageStart = {
    Env: [path, `NGINX_VERSION=${version}`],
    Cmd: ['nginx', '-g', 'daemon off;'],
    ExposedPorts: { '80/tcp': {} },
  };
  const server = [
    ...['usr', 'usr/sbin', 'usr/share', 'usr/share/nginx', 'usr/share/nginx/html'].map((at) =>
      folder(at),
    ),
    program('usr/sbin/nginx', binary),
  ];
  return { start, layers: [shellTree(programs), server] };
}

/** What each image holds and how it starts. */
export function imageContents(
  programs: Programs,
): Readonly<Record<ImageKey, Pick<Image, 'start' | 'layers'>>> {
  const shell = shellTree(programs);
  return {
    pause: { start: { Entrypoint: ['/pause'] }, layers: [[program('pause', programs.pause)]] },
    'nginx-1.7.9': web('1.7.9', programs),
    'nginx-1.8': web('1.8', programs),
    coredns: {
      start: { Entrypoint: ['/coredns'], ExposedPorts: { '53/tcp': {}, '53/udp': {} } },
      layers: [[program('coredns', programs.dns)]],
    },
    'metrics-server': {
      start: { Entrypoint: ['/metrics-server'], ExposedPorts: { '4443/tcp': {} } },
      layers: [[program('metrics-server', programs.metrics)]],
    },
    flannel: {
      // Sleeps in flanneld's place; the manifest's init container copies with the shell's cp.
      start: { Env: [path], Entrypoint: ['/opt/bin/flanneld'] },
      layers: [
        shell,
        [folder('opt'), folder('opt/bin'), program('opt/bin/flanneld', programs.pause)],
      ],
    },
    busybox: { start: { Env: [path], Cmd: ['sh'] }, layers: [shell] },
  };
}
