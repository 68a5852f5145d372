/** What follows from the variables: networks, addresses, who does what. */
import { isIPv6 } from 'node:net';
import { ManyErrors, type Context, type HostView, type InventoryView } from 'tsplay';
import { inUrl } from '../variables.ts';
import { parseVersion, traitsOf } from '../versions/index.ts';
import { addressAt, parseCidr } from './cidr.ts';
import { fleetMistakes } from './refuse-fleet.ts';
import { clusterFields, type ClusterVariables } from './variables.ts';

export interface Endpoint {
  readonly kind: ClusterVariables['clusterEndpoint']['kind'];
  /** Name or address, as it stands in `url` without brackets. */
  readonly host: string;
  readonly port: number;
  /** `https://…`, for kubeconfigs of kubelet, kube-proxy and people. */
  readonly url: string;
}

export type Cluster = ReturnType<typeof describe>;

const ofCluster = clusterFields.keyof().options.filter((name) => name !== 'nodeName');

/** A cluster is the same for all its hosts; with a thousand of them it is made once. */
const made = new WeakMap<InventoryView, Map<string, Cluster>>();

/** What a role or play has: its own context, with the variables of the cluster among its own. */
export type ClusterContext = Pick<Context<ClusterVariables>, 'inventory' | 'vars'>;

/**
 * The cluster that the variables of a host describe, for `uses` of a role.
 * @throws ManyErrors with every mistake that hosts show together, PlaybookError where it is one
 */
export function clusterOf({ inventory, vars }: ClusterContext): Cluster {
  const known = made.get(inventory) ?? new Map<string, Cluster>();
  made.set(inventory, known);
  // A role's own variables are no part of it: they may be secret, and differ from role to role.
  const key = JSON.stringify(ofCluster.map((name) => vars[name]));
  const found = known.get(key);
  if (found) return found;
  const cluster = describe(inventory, vars);
  const mistakes = fleetMistakes(cluster, inventory, vars);
  if (mistakes.length === 1 && mistakes[0]) throw mistakes[0];
  if (mistakes.length > 1) throw new ManyErrors(mistakes);
  known.set(key, cluster);
  return cluster;
}

function describe(inventory: InventoryView, vars: ClusterVariables) {
  const service = parseCidr(vars.clusterServiceCidr);
  const hostsOf = (group: string): readonly HostView[] =>
    inventory.has(group) ? inventory.group(group) : [];
  const masters = hostsOf(vars.clusterMasterGroup);
  const nodes = hostsOf(vars.clusterNodeGroup);
  const etcd = hostsOf(vars.clusterEtcdGroup);
  const names = new Set([...masters, ...nodes, ...etcd].map(({ name }) => name));
  const endpoint = endpointOf(vars.clusterEndpoint);
  const apiAddress = addressAt(service, 1n);
  return {
    name: vars.clusterName,
    domain: vars.clusterDomain,
    traits: traitsOf(parseVersion(vars.kubernetesVersion)),
    service,
    pod: parseCidr(vars.clusterPodCidr),
    nodeMask: vars.clusterNodeMask,
    /** The service `kubernetes`: first address of the services' network. */
    apiAddress,
    /** The service of the cluster's DNS: the second. */
    dnsAddress: addressAt(service, 2n),
    apiPort: vars.clusterApiPort,
    endpoint,
    masters,
    nodes,
    etcd,
    /** All of them, each once, in inventory order. */
    members: inventory.hosts.filter(({ name }) => names.has(name)),
    /** Names and addresses of the API servers' certificate. */
    apiNames: apiNames(vars, masters, endpoint, apiAddress),
    /** The name that a host has as a node. */
    nodeNameOf,
  };
}

function nodeNameOf({ name, vars }: HostView): string {
  const own = vars['nodeName'];
  return typeof own === 'string' ? own : name;
}

function endpointOf(endpoint: ClusterVariables['clusterEndpoint']): Endpoint {
  const { kind, port } = endpoint;
  if (kind === 'local-nginx') return { kind, host: '127.0.0.1', port, url: url('127.0.0.1', port) };
  if (kind === 'external')
    return { kind, host: endpoint.host, port, url: url(endpoint.host, port) };
  const name = endpoint.name ?? endpoint.address;
  return { kind, host: endpoint.address, port, url: url(name, port) };
}

const url = (host: string, port: number): string => `https://${inUrl(host)}:${port}`;

function apiNames(
  vars: ClusterVariables,
  masters: readonly HostView[],
  endpoint: Endpoint,
  apiAddress: string,
): readonly string[] {
  const { clusterDomain, clusterEndpoint, clusterApiNames } = vars;
  const named = clusterEndpoint.kind === 'vip' ? clusterEndpoint.name : undefined;
  return [
    ...new Set([
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      `kubernetes.default.svc.${clusterDomain}`,
      'localhost',
      '127.0.0.1',
      ...(isIPv6(apiAddress) ? ['::1'] : []),
      apiAddress,
      ...masters.flatMap((host) => [nodeNameOf(host), host.address]),
      endpoint.host,
      ...(named === undefined ? [] : [named]),
      ...clusterApiNames,
    ]),
  ];
}
