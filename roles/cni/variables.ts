/** Variables of the role cni. */
import { variables, z, type Context } from 'tsplay';
import { network, type Cluster } from '../cluster/index.ts';
import { pkiVariables } from '../pki/index.ts';
import { nodeVariables } from '../node/index.ts';
import { hostPath, image, port, refusing, taken, word } from '../variables.ts';

export const cniVariables = variables(pkiVariables, {
  ...taken('node', nodeVariables, 'nodeStartSeconds'),
  cniKind: z
    .enum(['bridge', 'flannel', 'none'])
    .default('bridge')
    .describe(
      'bridge: a bridge on each node and routes between nodes of one network, without an image; none: bring your own',
    ),
  cniBinDir: hostPath.default('/usr/lib/cni').describe('programs of the pod network'),
  cniConfDir: hostPath.default('/etc/cni/net.d'),
  cniBridge: word.max(15).default('cni0').describe('name of the bridge on each node'),
  cniMtu: z.int().min(1280).max(9216).optional().describe('default: that of the interface'),
  cniMasquerade: z
    .boolean()
    .default(true)
    .describe('packets of pods to other networks have the address of the node'),
  cniUnmasqueraded: z
    .array(network)
    .default([])
    .describe('further networks to which packets keep the address of the pod'),
  flannelImage: image.default('quay.io/coreos/flannel:v0.13.0'),
  flannelBackend: z.enum(['vxlan', 'host-gw']).default('vxlan'),
  flannelVni: z.int().min(1).max(16_777_215).default(1),
  flannelPort: port.default(8472),
  flannelInterface: word.optional().describe("default: the interface of the host's address"),
  flannelNetwork: network.optional().describe('must equal clusterPodCidr'),
}).superRefine(
  refusing(({ cniKind, flannelNetwork, clusterPodCidr: pods }, refuse) => {
    if (cniKind === 'bridge' && pods.includes(':')) {
      refuse('cniKind', 'bridge is for IPv4: use none and bring your own');
    }
    if (flannelNetwork === undefined || flannelNetwork === pods) return;
    refuse('flannelNetwork', `must be clusterPodCidr (${pods}): nodes get their parts of that`);
  }),
);

export type CniVariables = z.output<typeof cniVariables>;

/** What the steps of a node's network look at. */
export type CniContext = Context<CniVariables> & { readonly cluster: Cluster };
