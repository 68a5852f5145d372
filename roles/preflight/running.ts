/** What a host's units and settings say of the cluster that it is part of already. */
import { quote } from 'tsplay';

/** The cluster as a host has it; undefined where the host has no such part, or no such setting. */
export type Running = ReturnType<typeof parseRunning>;

/**
 * Lines: `unit NAME VERSION`, `flag UNIT NAME VALUE`, `set NAME VALUE`.
 * @param cniConfDir where the role cni writes
 */
export const runningScript = (cniConfDir: string): string => `
units=/etc/systemd/system
value() { [ ! -f "$2" ] || sed -n "s/$1/\\1/p" "$2" | head -n 1; }
told() { [ -z "$2" ] || printf 'set %s %s\\n' "$1" "$2"; }
for unit in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy; do
file=$units/$unit.service
[ -f "$file" ] || continue
# Of another installer's it is not known what they mean.
version=$(value '^Description=Kubernetes .* \\([0-9][0-9.]*\\)$' "$file")
[ -n "$version" ] || continue
printf 'unit %s %s\\n' "$unit" "$version"
for flag in cluster-cidr service-cluster-ip-range node-cidr-mask-size etcd-prefix container-runtime root-dir; do
found=$(value "^ *--$flag=\\([^ ]*\\).*" "$file")
[ -z "$found" ] || printf 'flag %s %s %s\\n' "$unit" "$flag" "$found"
done
done
config=$(value '^ *--config=\\([^ ]*\\).*' $units/kubelet.service)
if [ -n "$config" ]; then
told domain "$(value '^clusterDomain: *\\([^ ]*\\)' "$config")"
told cgroups "$(value '^cgroupDriver: *\\([^ ]*\\)' "$config")"
told containerd "$(value '^root = "\\(.*\\)"' /etc/containerd/config.toml)"
told docker "$(value '^ *"data-root": "\\(.*\\)",*$' /etc/docker/daemon.json)"
told bridge "$(value '.*"bridge": "\\([^"]*\\)".*' ${quote(`${cniConfDir}/10-pods.conflist`)})"
[ ! -f $units/pod-network.service ] || told cni bridge
[ ! -f /run/flannel/subnet.env ] || told cni flannel
fi
exit 0
`;

export function parseRunning(said: string) {
  const words = said.split('\n').map((line) => line.split(' '));
  const flag = (of: string, name: string): string | undefined =>
    words.find((line) => line[0] === 'flag' && line[1] === of && line[2] === name)?.[3];
  const set = (name: string): string | undefined =>
    words.find((line) => line[0] === 'set' && line[1] === name)?.[2]?.replaceAll(/["']/g, '');
  const units = words.filter(([first]) => first === 'unit');
  const versions = new Map(units.map(([, unit = '', version = '']) => [unit, version]));
  const hasKubelet = units.some(([, unit]) => unit === 'kubelet');
  const cni = set('cni');
  return {
    /** By program: `kube-apiserver` to `1.20.2`. */
    versions,
    podCidr: flag('kube-controller-manager', 'cluster-cidr'),
    serviceCidr: flag('kube-apiserver', 'service-cluster-ip-range'),
    nodeMask: flag('kube-controller-manager', 'node-cidr-mask-size'),
    /** `etcd-prefix` of the API server. */
    etcdPrefix: flag('kube-apiserver', 'etcd-prefix'),
    domain: set('domain'),
    runtime: hasKubelet ? runtimeOf(flag('kubelet', 'container-runtime')) : undefined,
    cgroupDriver: set('cgroups'),
    kubeletRoot: flag('kubelet', 'root-dir'),
    containerdRoot: set('containerd'),
    dockerRoot: set('docker'),
    cni: cni === 'bridge' || cni === 'flannel' ? cni : undefined,
    bridge: set('bridge'),
  };
}

const runtimeOf = (flag: string | undefined) => (flag === 'docker' ? 'docker' : 'containerd');
