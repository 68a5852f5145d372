/** Reader `containerImage`: which image a name means to containerd or docker. */
import { absent, defineReader, quote, value, type Answer, type ReaderOutput } from 'tsplay';

export interface ContainerImageKey {
  readonly runtime: 'containerd' | 'docker';
  /** Of containerd; docker has none. */
  readonly namespace: string;
  /** Full name for containerd: `docker.io/library/busybox:1.35`. */
  readonly reference: string;
}

export interface ContainerImage {
  /** sha256 of its configuration, lower-case hex: what docker calls its id; '' where it is not told. */
  readonly id: string;
}

/** A runtime that does not answer has no images: whoever starts it makes the answer stale. */
export const containerImage = defineReader<ContainerImageKey, ContainerImage>({
  name: 'containerImage',
  script: (keys, mark) => [functions(mark), ...keys.map(ask), ':'].join('\n'),
  parse,
  dependsOn: ({ runtime }) =>
    runtime === 'docker'
      ? ['/usr/bin/docker', '/run/docker.sock', '/var/lib/docker/']
      : ['/usr/bin/ctr', '/run/containerd/containerd.sock', '/var/lib/containerd/'],
});

/**
 * Each answer is a mark, a letter, and what the runtime said of the image. ctr waits ten seconds for
 * a containerd that does not run, so it is asked for images only where that answers.
 */
const functions = (mark: string): string => `up=
containerd_answers() {
[ -n "$up" ] || { ctr --connect-timeout 1s version >/dev/null 2>&1 && up=yes || up=no; }
[ "$up" = yes ]
}
containerd_image() {
printf %s '${mark}'
containerd_answers || { printf a; return; }
d=
while read -r ref type digest rest; do [ "$ref" != "$2" ] || d=$digest; done <<END
$(ctr -n "$1" images ls "name==$2" 2>/dev/null)
END
case $d in sha256:*) printf v; ctr -n "$1" content get "$d" 2>/dev/null || : ;; *) printf a ;; esac
}
docker_image() {
printf %s '${mark}'
d=$(docker image inspect --format '{{.Id}}' -- "$2" 2>/dev/null) || d=
case $d in sha256:*) printf 'v%s' "$d" ;; *) printf a ;; esac
}`;

const ask = ({ runtime, namespace, reference }: ContainerImageKey): string =>
  `${runtime}_image ${quote(namespace)} ${quote(reference)} </dev/null`;

function parse(
  output: ReaderOutput,
  keys: readonly ContainerImageKey[],
  mark: string,
): readonly Answer<ContainerImage>[] {
  const parts = output.stdout.toString('utf8').split(mark).slice(1);
  return keys.map((_, index) => {
    const part = parts[index];
    if (part === undefined) throw new Error('the answer of the containerImage reader is cut short');
    return part.startsWith('v') ? value({ id: idOf(part.slice(1)) }) : absent;
  });
}

/** docker tells the id; containerd a manifest that names it. */
function idOf(said: string): string {
  const plain = /^sha256:([0-9a-f]{64})\s*$/.exec(said)?.[1];
  if (plain !== undefined) return plain;
  try {
    const manifest = JSON.parse(said) as { config?: { digest?: string } };
    return manifest.config?.digest?.replace('sha256:', '') ?? '';
  } catch {
    return '';
  }
}
