/** One script that looks at what facts do not tell, and what it said. */
import { quote } from 'tsplay';

export interface Listener {
  readonly port: number;
  /** Unit of systemd; '' where it has none or nobody may see it. */
  readonly unit: string;
  readonly program: string;
}

export interface Seen {
  readonly listeners: readonly Listener[];
  /** MiB that are free where this path is or will be. */
  readonly free: ReadonlyMap<string, number>;
  /** Paths that other installers leave. */
  readonly foreign: readonly string[];
  readonly ipvs: boolean;
}

/** What kubeadm, k3s, RKE2, k0s and MicroK8s leave; this project's own files have other names. */
const leftovers = [
  '/etc/kubernetes/manifests/kube-apiserver.yaml',
  '/etc/kubernetes/kubelet.conf',
  '/var/lib/kubelet/kubeadm-flags.env',
  '/etc/rancher/k3s',
  '/etc/rancher/rke2',
  '/var/lib/rancher',
  '/etc/k0s',
  '/var/lib/k0s',
  '/var/snap/microk8s',
] as const;

/**
 * Lines: `port PORT UNIT PROGRAM`, `free MIB PATH`, `foreign PATH`, `ipvs`.
 * @param paths absolute; the nearest folder that is there is asked about
 */
export const lookScript = (paths: readonly string[]): string => `
ss -Hlntp 2>/dev/null | while read -r state received sent at peer users; do
unit= program=
case $users in *pid=*)
pid=\${users#*pid=} pid=\${pid%%,*}
program=\${users#*'("'} program=\${program%%'"'*}
while IFS= read -r line; do
case $line in *.service) unit=\${line##*/} ;; esac
done <"/proc/$pid/cgroup"
;; esac
printf 'port %s %s %s\\n' "\${at##*:}" "\${unit:--}" "\${program:--}"
done
for path in ${paths.map(quote).join(' ')}; do
at=$path
while [ ! -d "$at" ]; do at=\${at%/*}; at=\${at:-/}; done
df -Pk "$at" | while read -r device size used free rest; do
case $free in *[!0-9]*|'') ;; *) printf 'free %s %s\\n' "$((free/1024))" "$path" ;; esac
done
done
for path in ${leftovers.map(quote).join(' ')}; do [ ! -e "$path" ] || printf 'foreign %s\\n' "$path"; done
if [ -d /sys/module/ip_vs ] || [ -e /proc/net/ip_vs ] || modprobe -n -q ip_vs 2>/dev/null; then printf 'ipvs\\n'; fi
`;

export function parseLook(said: string): Seen {
  const lines = said.split('\n').map((line) => line.split(' '));
  const of = (kind: string): string[][] => lines.filter(([first]) => first === kind);
  const none = (word: string | undefined): string => (word === '-' ? '' : (word ?? ''));
  return {
    listeners: of('port').map(([, port, unit, program]) => ({
      port: Number(port),
      unit: none(unit),
      program: none(program),
    })),
    free: new Map(of('free').map(([, free, ...path]) => [path.join(' '), Number(free)])),
    foreign: of('foreign').map(([, ...path]) => path.join(' ')),
    ipvs: of('ipvs').length > 0,
  };
}
