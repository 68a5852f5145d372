/**
 * Role cni: how pods reach each other, and masters them. On a node after the role node; ends when
 * the node is ready.
 */
import { PlaybookError, role } from 'tsplay';
import { clusterOf } from '../cluster/index.ts';
import { awaited } from '../node/index.ts';
import { bridgeNetwork, podRoutes } from './bridge.ts';
import { flannelNetwork } from './flannel.ts';
import { cniVariables } from './variables.ts';

export { cniVariables, type CniVariables } from './variables.ts';

export const cni = role({
  name: 'cni',
  vars: cniVariables,
  uses: { cluster: clusterOf },
  *tasks(context) {
    const { vars, host, cluster } = context;
    if (vars.cniKind === 'none') return;
    if (!cluster.nodes.includes(host)) {
      if (!cluster.masters.includes(host)) return;
      if (vars.cniKind === 'bridge') yield* podRoutes(context);
      else refuseWithoutWay(host.name);
      return;
    }
    if (vars.cniKind === 'bridge') yield* bridgeNetwork(context);
    else yield* flannelNetwork(context);
    yield awaited('the node is ready', 'Ready', host, cluster, vars);
  },
});

/** @throws PlaybookError: flannel brings packets to nodes alone */
function refuseWithoutWay(name: string): never {
  throw new PlaybookError(`cni: ${name} is a master and no node, and flannel runs on nodes alone`, {
    hint: 'put it into the group of nodes too (a taint keeps pods off), or its API server reaches neither webhooks nor metrics-server',
  });
}
