/** Which node has which part of the pods' network: the API server knows, once nodes have joined. */
import { isIP } from 'node:net';
import { type Run, type Task } from 'tsplay';
import { k8sInfo } from 'tsplay/kubernetes';
import type { Cluster } from '../cluster/index.ts';
import { clusterAccess } from '../master/index.ts';
import { kubeletKubeconfig } from '../node/index.ts';
import type { CniContext, CniVariables } from './variables.ts';

export type Found = Task<{ readonly objects: readonly Readonly<Record<string, unknown>>[] }>;

export interface PodNetwork {
  readonly node: string;
  readonly address: string;
  readonly cidr: string;
}

/** The node itself, until it has its part. */
export const ownNetwork = ({ host, cluster, vars }: CniContext): Found =>
  k8sInfo(
    'pod network of the node',
    {
      kubectl: clusterAccess(cluster, vars).kubectl,
      kubeconfig: kubeletKubeconfig(vars),
      kind: 'nodes',
      name: cluster.nodeNameOf(host),
      scope: 'host',
    },
    {
      until: ({ objects }) => objects.some((each) => cidrOf(each) !== undefined),
      retries: Math.ceil(vars.nodeStartSeconds / 2),
      delay: 2,
    },
  );

/** All nodes. */
export const allNetworks = (cluster: Cluster, vars: CniVariables): Found =>
  k8sInfo('pod networks of all nodes', { ...clusterAccess(cluster, vars), kind: 'nodes' });

/** Those that have an address and a part, by name. */
export function networksOf(run: Run, found: Found): readonly PodNetwork[] {
  return run
    .result(found)
    .objects.flatMap((object): readonly PodNetwork[] => {
      const node = fields(object['metadata'])['name'];
      const address = addressOf(object);
      const cidr = cidrOf(object);
      if (typeof node !== 'string' || address === undefined || cidr === undefined) return [];
      return [{ node, address, cidr }];
    })
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
}

function cidrOf(node: Readonly<Record<string, unknown>>): string | undefined {
  const cidr = fields(node['spec'])['podCIDR'];
  return typeof cidr === 'string' && cidr !== '' ? cidr : undefined;
}

function addressOf(node: Readonly<Record<string, unknown>>): string | undefined {
  const addresses = fields(node['status'])['addresses'];
  if (!Array.isArray(addresses)) return undefined;
  const own = addresses.map(fields).find(({ type }) => type === 'InternalIP')?.['address'];
  return typeof own === 'string' && isIP(own) !== 0 ? own : undefined;
}

const fields = (of: unknown): Readonly<Record<string, unknown>> =>
  typeof of === 'object' && of !== null ? (of as Readonly<Record<string, unknown>>) : {};
