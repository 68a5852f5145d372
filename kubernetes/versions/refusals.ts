/** Combinations that a version of Kubernetes cannot do, with the reason. */
import type { KubernetesTraits } from './traits.ts';
import { compareVersions } from './version.ts';

/** What an inventory chooses besides the version. */
export interface Choices {
  readonly runtime: 'containerd' | 'docker';
  readonly proxyMode: 'iptables' | 'ipvs' | 'nftables';
}

/** A choice that the version cannot do. */
export interface Refusal {
  /** Which of the choices. */
  readonly choice: keyof Choices;
  readonly why: string;
}

/**
 * Choices that a version of Kubernetes cannot do.
 * @param traits of the version
 * @param choices container runtime and mode of kube-proxy
 * @returns every reason against them
 * @example
 * const traits = traitsOf(parseVersion('1.24.0'));
 * export const why = refusalsOf(traits, { runtime: 'docker', proxyMode: 'ipvs' });
 */
export function refusalsOf(traits: KubernetesTraits, choices: Choices): readonly Refusal[] {
  const { text } = traits.version;
  const found: Refusal[] = [];
  if (choices.runtime === 'docker' && !traits.dockershim) {
    found.push({
      choice: 'runtime',
      why: `Kubernetes ${text} has no dockershim (it went with 1.24): use containerd`,
    });
  }
  if (choices.proxyMode === 'nftables' && !traits.nftables) {
    found.push({
      choice: 'proxyMode',
      why: `kube-proxy ${text} has no nftables mode without a feature gate (it came with 1.31): use iptables or ipvs`,
    });
  }
  return found;
}

/**
 * Why kubelet cannot work with this containerd.
 * @param traits of the version of Kubernetes
 * @param version of containerd, as `1.6.20`
 * @returns a sentence, or undefined where it can
 * @example export const why = containerdRefusal(traitsOf(parseVersion('1.20.2')), '1.6.20');
 */
export function containerdRefusal(traits: KubernetesTraits, version: string): string | undefined {
  const { least, below } = traits.containerd;
  const { text } = traits.version;
  if (compareVersions(version, least) < 0) {
    return `kubelet ${text} needs containerd ${least} or newer, not ${version}`;
  }
  if (below !== undefined && compareVersions(version, below) >= 0) {
    return `kubelet ${text} speaks CRI v1alpha2, which containerd ${version} no longer does: it needs one before ${below}`;
  }
  return undefined;
}

/**
 * Why kubelet does not start on these control groups.
 * @param traits of the version of Kubernetes
 * @param cgroups their version on the host, as the fact `cgroups`
 * @returns a sentence, or undefined where it starts
 * @example
 * export const why = (run: Run): string | undefined =>
 *   cgroupRefusal(traitsOf(parseVersion('1.35.0')), run.facts.cgroups);
 */
export function cgroupRefusal(traits: KubernetesTraits, cgroups: 0 | 1 | 2): string | undefined {
  if (cgroups === 0) return 'no control groups are mounted below /sys/fs/cgroup';
  if (cgroups === 1 && traits.refusesCgroupV1) {
    return `kubelet ${traits.version.text} does not start on cgroup v1 unless failCgroupV1 is false`;
  }
  return undefined;
}
