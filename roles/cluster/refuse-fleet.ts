/** Mistakes that only several hosts show together: told before anything connects. */
import { isIP } from 'node:net';
import { PlaybookError, type HostView, type InventoryView } from 'tsplay';
import { formatCidr, includes, type Cidr } from './cidr.ts';
import type { Cluster } from './describe.ts';
import { dnsName, type ClusterVariables } from './variables.ts';

type Note = (message: string, hint: string) => void;

/** Every mistake of the fleet. */
export function fleetMistakes(
  cluster: Cluster,
  inventory: InventoryView,
  vars: ClusterVariables,
): readonly PlaybookError[] {
  const found: PlaybookError[] = [];
  const note: Note = (message, hint) =>
    found.push(new PlaybookError(`cluster: ${message}`, { hint }));
  if (cluster.masters.length === 0) {
    note(`no host is in the group '${vars.clusterMasterGroup}'`, 'a cluster needs a master');
  }
  refuseAddresses(cluster, note);
  refuseNames(cluster, note);
  refuseRoom(cluster, note);
  refuseEndpoint(cluster, inventory, note);
  refuseDisagreement(cluster, vars, note);
  return found;
}

function refuseAddresses({ members, service, pod }: Cluster, note: Note): void {
  const owners = new Map<string, string>();
  const giveIp = "give it the variable 'ip': the address that the other hosts reach it by";
  for (const { name, address } of members) {
    if (isIP(address) === 0) {
      note(`${name} has no IP address but '${address}'`, giveIp);
      continue;
    }
    if (/^(127\.|::1$|0\.0\.0\.0$|::$)/.test(address)) {
      note(`${name} has the address ${address}, where it is alone`, giveIp);
      continue;
    }
    const owner = owners.get(address);
    if (owner !== undefined) {
      note(`${owner} and ${name} have the same address ${address}`, 'each host has its own');
    }
    owners.set(address, name);
    const networks: readonly (readonly [string, Cidr])[] = [
      ['clusterServiceCidr', service],
      ['clusterPodCidr', pod],
    ];
    for (const [variable, cidr] of networks) {
      if (!includes(cidr, address)) continue;
      note(
        `${name} has the address ${address}, which lies in ${variable} ${formatCidr(cidr)}`,
        'choose networks for pods and services that no host is in',
      );
    }
    if (isIP(address) !== service.family) {
      note(`${name} has the address ${address}, of another IP version than its cluster`, giveIp);
    }
  }
}

function refuseNames({ members, nodeNameOf }: Cluster, note: Note): void {
  const owners = new Map<string, string>();
  for (const host of members) {
    const name = nodeNameOf(host);
    const mistake = dnsName.safeParse(name).error?.issues[0]?.message;
    if (mistake !== undefined) {
      note(
        `'${name}' cannot be the name of a node: it ${mistake}`,
        `set nodeName for ${host.name}`,
      );
    }
    const owner = owners.get(name);
    if (owner !== undefined) {
      note(
        `${owner} and ${host.name} have the same name ${name}`,
        'each node has its own nodeName',
      );
    }
    owners.set(name, host.name);
  }
}

function refuseRoom({ nodes, pod, nodeMask }: Cluster, note: Note): void {
  const rooms = 2 ** Math.max(0, nodeMask - pod.prefix);
  if (nodes.length <= rooms) return;
  note(
    `${nodes.length} nodes, and ${formatCidr(pod)} has room for ${rooms} parts of /${nodeMask}`,
    'take a larger clusterPodCidr or a larger clusterNodeMask',
  );
}

function refuseEndpoint(cluster: Cluster, inventory: InventoryView, note: Note): void {
  const { endpoint, apiPort, masters, members, nodes } = cluster;
  const shared = (host: HostView): boolean => masters.some(({ name }) => name === host.name);
  if (endpoint.kind === 'local-nginx' && endpoint.port === apiPort && nodes.some(shared)) {
    note(
      `the proxy on masters would listen on ${apiPort}, where their API server does`,
      'give clusterEndpoint another port',
    );
  }
  if (endpoint.kind !== 'vip') return;
  const owner = members.find(({ address }) => address === endpoint.host);
  if (owner) {
    note(
      `the shared address ${endpoint.host} is the address of ${owner.name}`,
      'it is one that no host has: choose a free one of the network',
    );
  }
  for (const cidr of [cluster.service, cluster.pod]) {
    if (!includes(cidr, endpoint.host)) continue;
    note(`the shared address ${endpoint.host} lies in ${formatCidr(cidr)}`, 'choose another');
  }
  const balancers = inventory.has('haproxy') ? inventory.group('haproxy') : [];
  if (endpoint.port === apiPort && balancers.some(shared)) {
    note(
      `haproxy on masters would listen on ${apiPort}, where their API server does`,
      'give clusterEndpoint another port',
    );
  }
  for (const host of inventory.has('keepalived') ? inventory.group('keepalived') : []) {
    const other = host.vars['keepalivedAddress'];
    if (typeof other !== 'string' || other.split('/')[0] === endpoint.host) continue;
    note(
      `clusterEndpoint is ${endpoint.host}, and keepalivedAddress of ${host.name} is ${other}`,
      'both are one address: say it once',
    );
  }
}

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
  'clusterEndpoint',
  'clusterProxyMode',
  'clusterMasterGroup',
  'clusterNodeGroup',
  'clusterEtcdGroup',
] as const satisfies readonly (keyof ClusterVariables)[];

function refuseDisagreement({ members }: Cluster, vars: ClusterVariables, note: Note): void {
  for (const variable of common) {
    for (const { name, vars: theirs } of members) {
      const value = theirs[variable];
      if (value === undefined || typeof value === 'object') continue;
      if (value === vars[variable]) continue;
      note(
        `${variable} is ${JSON.stringify(value)} for ${name} and ${JSON.stringify(vars[variable])} for others`,
        'set it once, for the group of all hosts of the cluster',
      );
      break;
    }
  }
}
