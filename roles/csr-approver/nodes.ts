/** Which nodes may have certificates: the approver reads the list anew for each request. */
import { copy, type HostView, type Step } from 'tsplay';
import { addressNumber } from 'tsplay/kubernetes';
import type { Cluster, ClusterVariables } from '../cluster/index.ts';
import { onOutside } from '../outside.ts';
import { approverPaths } from './paths.ts';

type Paths = Pick<ClusterVariables, 'clusterConfigDir'>;

export const nodeList = (cluster: Cluster, vars: Paths) => ({
  dest: approverPaths(vars).nodes,
  content: cluster.nodes
    .map((each) => `${cluster.nodeNameOf(each)} ${hexAddress(each.address)}\n`)
    .join(''),
  mode: '0644',
});

/** Masters that the limit leaves out have to know a new node before it asks them. */
export function* approverKnows(
  outside: readonly HostView[],
  cluster: Cluster,
  vars: Paths,
): Iterable<Step> {
  for (const other of outside.filter((each) => cluster.masters.includes(each))) {
    const nodes = copy(
      `nodes that may have certificates on ${other.name}`,
      nodeList(cluster, vars),
    );
    yield onOutside(other, 'list of nodes', [nodes], ['node']);
  }
}

/** As a certificate has it. */
function hexAddress(address: string): string {
  const digits = addressNumber(address).toString(16);
  return digits.padStart(address.includes(':') ? 32 : 8, '0');
}
