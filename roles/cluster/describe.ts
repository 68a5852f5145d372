/** What follows from the variables: networks, addresses, who does what. */
import { isIPv6 } from 'node:net';
import type { HostView, InventoryView } from 'tsplay';
import { parseNetwork, parseVersion, traitsOf } from 'tsplay/kubernetes';
import { inUrl } from '../variables.ts';
import type { ClusterVariables } from './variables.ts';

export interface Endpoint {
  readonly kind: ClusterVariables['clusterEndpoint']['kind'];
  /** Name or address, as it stands in `url` without brackets. */
  readonly host: string;
  readonly port: number;
  /** `https://…`, for kubeconfigs of kubelet, kube-proxy and people. */
  readonly url: string;
}

export type Cluster = ReturnType<typeof describeCluster>;

/** The cluster that these variables describe; whether it can be is for `fleetMistakes` to say. */
export function describeCluster(inventory: InventoryView, vars: ClusterVariables) {
  const service = parseNetwork(vars.clusterServiceCidr);
  const hostsOf = (group: string): readonly HostView[] =>
    inventory.has(group) ? inventory.group(group) : [];
  const masters = hostsOf(vars.clusterMasterGroup);
  const nodes = hostsOf(vars.clusterNodeGroup);
  const etcd = hostsOf(vars.clusterEtcdGroup);
  const names = new Set([...masters, ...nodes, ...etcd].map(({ name }) => name));
  const endpoint = endpointOf(vars.clusterEndpoint);
  const apiAddress = service.at(1n);
  return {
    name: vars.clusterName,
    domain: vars.clusterDomain,
    traits: traitsOf(parseVersion(vars.kubernetesVersion)),
    service,
    pod: parseNetwork(vars.clusterPodCidr),
    nodeMask: vars.clusterNodeMask,
    /** The service `kubernetes`: first address of the services' network. */
    apiAddress,
    /** The service of the cluster's DNS: the second. */
    dnsAddress: service.at(2n),
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
