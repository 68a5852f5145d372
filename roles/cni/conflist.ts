/** How a pod is plugged into its node: the same bridge whoever carries packets between nodes. */
import { file, template, type Step } from 'tsplay';
import { networksOf, type Found } from './networks.ts';
import type { CniContext } from './variables.ts';

/** What VXLAN adds to each packet. */
const vxlanBytes = 50;

export function* conflist(own: Found, { cluster, vars }: CniContext): Iterable<Step> {
  const wrapped = vars.cniKind === 'flannel' && vars.flannelBackend === 'vxlan';
  yield file('folder of network configuration', { path: vars.cniConfDir, state: 'directory' });
  yield template('pod network configuration', {
    src: 'cni/bridge.conflist.hbs',
    dest: `${vars.cniConfDir}/10-pods.conflist`,
    mode: '0644',
    vars: (run) => ({
      bridge: vars.cniBridge,
      mtu: vars.cniMtu ?? (wrapped ? 1500 - vxlanBytes : null),
      cidr: networksOf(run, own)[0]?.cidr,
      everywhere: cluster.pod.family === 4 ? '0.0.0.0/0' : '::/0',
    }),
  });
}
