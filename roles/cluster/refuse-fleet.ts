/** Mistakes that only the hosts of a cluster show together. */
import { isIP } from 'node:net';
import type { HostView, InventoryView } from 'tsplay';
import { addressMistakes, disagreements, giveIp, type Mistake } from '../fleet.ts';
import type { Cluster } from './describe.ts';
import { dnsName, type ClusterVariables } from './variables.ts';

/** Every mistake of the fleet. */
export function* fleetMistakes(
  cluster: Cluster,
  inventory: InventoryView,
  vars: ClusterVariables,
): Iterable<Mistake> {
  const { masters, members, nodes, pod, nodeMask } = cluster;
  if (masters.length === 0) {
    yield {
      message: `no host is in the group '${vars.clusterMasterGroup}'`,
      hint: 'a cluster needs a master',
    };
  }
  yield* addressMistakes(members);
  yield* networkMistakes(cluster);
  yield* nameMistakes(cluster);
  const rooms = 2 ** Math.max(0, nodeMask - pod.prefix);
  if (nodes.length > rooms) {
    yield {
      message: `${nodes.length} nodes, and ${pod.text} has room for ${rooms} parts of /${nodeMask}`,
      hint: 'take a larger clusterPodCidr or a larger clusterNodeMask',
    };
  }
  yield* portMistakes(cluster, inventory);
  yield* sharedAddressMistakes(cluster, inventory);
  const own = Object.fromEntries(common.map((variable) => [variable, vars[variable]]));
  yield* disagreements(own, 'other hosts', members);
}

function* networkMistakes({ members, service, pod }: Cluster): Iterable<Mistake> {
  const networks = { clusterServiceCidr: service, clusterPodCidr: pod };
  for (const { name, address } of members.filter((host) => isIP(host.address) !== 0)) {
    for (const [variable, network] of Object.entries(networks)) {
      if (!network.includes(address)) continue;
      yield {
        message: `${name} has the address ${address}, which lies in ${variable} ${network.text}`,
        hint: 'choose networks for pods and services that no host is in',
      };
    }
    if (isIP(address) !== service.family) {
      yield {
        message: `${name} has the address ${address}, of another IP version than its cluster`,
        hint: giveIp(name),
      };
    }
  }
}

function* nameMistakes({ members, nodeNameOf }: Cluster): Iterable<Mistake> {
  const owners = new Map<string, string>();
  for (const host of members) {
    const name = nodeNameOf(host);
    const mistake = dnsName.safeParse(name).error?.issues[0]?.message;
    if (mistake !== undefined) {
      const message = `'${name}' cannot be the name of a node: it ${mistake}`;
      yield { message, hint: `set nodeName for ${host.name}` };
    }
    const owner = owners.get(name);
    if (owner !== undefined) {
      const message = `${owner} and ${host.name} have the same name ${name}`;
      yield { message, hint: 'each node has its own nodeName' };
    }
    owners.set(name, host.name);
  }
}

/** Whatever stands in front of API servers on a master needs another port than the API server. */
function* portMistakes(cluster: Cluster, inventory: InventoryView): Iterable<Mistake> {
  const { endpoint, apiPort, masters, nodes } = cluster;
  const [program, hosts] = {
    'local-nginx': ['the proxy', nodes] as const,
    vip: ['haproxy', groupOf(inventory, 'haproxy')] as const,
    external: ['', []] as const,
  }[endpoint.kind];
  if (endpoint.port !== apiPort || !hosts.some((host) => masters.includes(host))) return;
  yield {
    message: `${program} on masters would listen on ${apiPort}, where their API server does`,
    hint: 'give clusterEndpoint another port',
  };
}

function* sharedAddressMistakes(cluster: Cluster, inventory: InventoryView): Iterable<Mistake> {
  const { kind, host: shared } = cluster.endpoint;
  if (kind !== 'vip') return;
  const owner = cluster.members.find(({ address }) => address === shared);
  if (owner) {
    yield {
      message: `the shared address ${shared} is the address of ${owner.name}`,
      hint: 'choose a free address of the network',
    };
  }
  for (const network of [cluster.service, cluster.pod]) {
    if (!network.includes(shared)) continue;
    const message = `the shared address ${shared} lies in ${network.text}`;
    yield { message, hint: 'choose another' };
  }
  for (const { name, vars } of groupOf(inventory, 'keepalived')) {
    const other = vars['keepalivedAddress'];
    if (typeof other !== 'string' || other.split('/')[0] === shared) continue;
    yield {
      message: `clusterEndpoint is ${shared}, and keepalivedAddress of ${name} is ${other}`,
      hint: 'set both to the same address',
    };
  }
}

const groupOf = (inventory: InventoryView, group: string): readonly HostView[] =>
  inventory.has(group) ? inventory.group(group) : [];

/** What hosts of one cluster cannot have differently. */
const common = [
  'kubernetesVersion',
  'clusterName',
  'clusterDomain',
  'clusterServiceCidr',
  'clusterPodCidr',
  'clusterNodeMask',
  'clusterNodePorts',
  'clusterApiPort',
  'clusterProxyMode',
  'clusterMasterGroup',
  'clusterNodeGroup',
  'clusterEtcdGroup',
] as const satisfies readonly (keyof ClusterVariables)[];
