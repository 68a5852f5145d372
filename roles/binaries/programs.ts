/** Which programs there are and which a host needs. */
import { PlaybookError, type HostView } from 'tsplay';
import type { Cluster } from '../cluster/index.ts';
import type { Architecture } from '../versions/index.ts';

export const allPrograms = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
  'kubeadm',
] as const;

export type Program = (typeof allPrograms)[number];

const ofMasters = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
] as const;
const ofNodes = ['kubelet', 'kube-proxy', 'kubectl'] as const;

/** What the groups of a host need, sorted. @param more wanted besides */
export function programsOf(
  host: HostView,
  cluster: Cluster,
  more: readonly Program[],
): readonly Program[] {
  const isIn = (hosts: readonly HostView[]): boolean =>
    hosts.some(({ name }) => name === host.name);
  const wanted = new Set<Program>(more);
  if (isIn(cluster.masters)) for (const program of ofMasters) wanted.add(program);
  if (isIn(cluster.nodes)) for (const program of ofNodes) wanted.add(program);
  return allPrograms.filter((program) => wanted.has(program));
}

const architectures: Readonly<Record<string, Architecture>> = {
  x86_64: 'amd64',
  amd64: 'amd64',
  aarch64: 'arm64',
  arm64: 'arm64',
};

/** @param machine what `uname -m` says. @throws PlaybookError for one without programs */
export function architectureOf(machine: string): Architecture {
  const found = architectures[machine];
  if (found) return found;
  throw new PlaybookError(`binaries: there are no programs for ${machine}`, {
    hint: 'amd64 and arm64 have them',
  });
}
