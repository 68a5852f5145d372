/** flannel carries packets between nodes, in VXLAN or by routes; pods are plugged in as always. */
import { once, type Step } from 'tsplay';
import { k8s } from 'tsplay/kubernetes';
import { objectsAccess } from '../master/index.ts';
import { onMaster } from '../node/index.ts';
import { conflist } from './conflist.ts';
import { ownNetwork } from './networks.ts';
import type { CniContext } from './variables.ts';

export function* flannelNetwork(context: CniContext): Iterable<Step> {
  const { cluster, vars } = context;
  const own = ownNetwork(context);
  yield own;
  yield* conflist(own, context);
  const vxlan = { Type: 'vxlan', VNI: vars.flannelVni, Port: vars.flannelPort };
  const backend = vars.flannelBackend === 'vxlan' ? vxlan : { Type: 'host-gw' };
  const network = { Network: vars.clusterPodCidr, Backend: backend };
  const objects = k8s(
    'flannel',
    {
      ...objectsAccess(cluster, vars),
      src: 'cni/flannel.yaml.hbs',
      vars: { vars, network, interface: vars.flannelInterface ?? null },
    },
    { tags: ['objects'] },
  );
  yield once(onMaster(vars), objects);
}
