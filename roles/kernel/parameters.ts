/** Parameters and modules of the kernel that Kubernetes needs. */
import type { KernelVariables } from './variables.ts';

type Value = string | number | boolean;

/** Of a network namespace: a container has its own. */
const ofNetwork: Readonly<Record<string, Value>> = {
  'net.bridge.bridge-nf-call-iptables': 1,
  'net.bridge.bridge-nf-call-ip6tables': 1,
  'net.ipv4.ip_forward': 1,
};

/** Of the whole kernel. kubelet's protectKernelDefaults wants the five of vm and kernel. */
const ofKernel: Readonly<Record<string, Value>> = {
  'vm.overcommit_memory': 1,
  'vm.panic_on_oom': 0,
  'kernel.panic': 10,
  'kernel.panic_on_oops': 1,
  'vm.swappiness': 0,
  'fs.inotify.max_user_instances': 8192,
  'fs.inotify.max_user_watches': 1_048_576,
  'fs.file-max': 52_706_963,
  'fs.nr_open': 52_706_963,
  'net.netfilter.nf_conntrack_max': 2_310_720,
  'net.ipv4.neigh.default.gc_thresh1': 1024,
  'net.ipv4.neigh.default.gc_thresh2': 2048,
  'net.ipv4.neigh.default.gc_thresh3': 4096,
};

/** What a container may set without changing the controller that it shares its kernel with. */
const isOfNetwork = (name: string): boolean =>
  /^net\.(bridge|ipv[46]\.(conf|ip_|tcp_))/.test(name) && !/\.neigh\.|conntrack/.test(name);

export interface Parameters {
  readonly set: readonly (readonly [name: string, value: Value])[];
  /** Left to whoever has the kernel. */
  readonly left: readonly string[];
}

export function parametersOf(vars: KernelVariables): Parameters {
  const ipv6 = vars.kernelDisableIpv6
    ? { 'net.ipv6.conf.all.disable_ipv6': 1, 'net.ipv6.conf.default.disable_ipv6': 1 }
    : {};
  const all = Object.entries({ ...ofNetwork, ...ofKernel, ...ipv6, ...vars.kernelParameters });
  if (!vars.sharedKernel) return { set: all, left: [] };
  return {
    set: all.filter(([name]) => isOfNetwork(name)),
    left: all.flatMap(([name]) => (isOfNetwork(name) ? [] : [name])),
  };
}

/** Modules to load now and at boot, in this order: parameters need some of them. */
export function modulesOf(vars: KernelVariables): readonly string[] {
  const ipvs = ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh'];
  return [
    ...new Set([
      'overlay',
      'br_netfilter',
      'nf_conntrack',
      ...(vars.clusterProxyMode === 'ipvs' ? ipvs : []),
      ...vars.kernelModules,
    ]),
  ];
}
