/** Which programs a host needs. */
import type { HostView } from 'tsplay';
import { allPrograms, type Program } from 'tsplay/kubernetes';
import type { Cluster } from '../cluster/index.ts';

const ofMasters = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
] as const;
const ofNodes = ['kubelet', 'kube-proxy', 'kubectl'] as const;

/** What the groups of a host need, in the order of `allPrograms`. @param more wanted besides */
export function programsOf(
  host: HostView,
  { masters, nodes }: Cluster,
  more: readonly Program[],
): readonly Program[] {
  const wanted = new Set<Program>([
    ...more,
    ...(masters.includes(host) ? ofMasters : []),
    ...(nodes.includes(host) ? ofNodes : []),
  ]);
  return allPrograms.filter((program) => wanted.has(program));
}
