/** flannel carries packets between nodes, in VXLAN or by routes; pods are plugged in as always. */
import { type HostView, type Step } from 'tsplay';
import { k8s } from 'tsplay/kubernetes';
import type { Cluster } from '../cluster/index.ts';
import { objectsAccess } from '../master/index.ts';
import { onMaster } from '../node/index.ts';
import { conflist } from './conflist.ts';
import { flannelObjects } from './flannel-objects.ts';
import { ownNetwork } from './networks.ts';
import type { CniVariables } from './variables.ts';

export function* flannelNetwork(
  host: HostView,
  cluster: Cluster,
  vars: CniVariables,
): Iterable<Step> {
  const own = ownNetwork(cluster.nodeNameOf(host), cluster, vars);
  yield own;
  yield* conflist(own, cluster, vars);
  yield k8s(
    'flannel',
    { ...objectsAccess(cluster, vars), manifest: flannelObjects(vars) },
    { runOnce: true, on: onMaster(vars), tags: ['objects'] },
  );
}
