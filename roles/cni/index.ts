/** Role cni: how pods reach each other. After the role node; ends when the node is ready. */
import { role } from 'tsplay';
import { clusterOf } from '../cluster/index.ts';
import { awaited } from '../node/index.ts';
import { bridgeNetwork } from './bridge.ts';
import { flannelNetwork } from './flannel.ts';
import { cniVariables } from './variables.ts';

export { cniVariables, type CniVariables } from './variables.ts';

export const cni = role({
  name: 'cni',
  vars: cniVariables,
  *tasks(context) {
    const { vars, host, inventory } = context;
    const cluster = clusterOf(inventory, vars);
    if (vars.cniKind === 'none') return;
    if (vars.cniKind === 'bridge') yield* bridgeNetwork(context);
    else yield* flannelNetwork(host, cluster, vars);
    yield awaited('the node is ready', 'Ready', host, cluster, vars);
  },
});
