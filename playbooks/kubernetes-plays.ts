/** The plays that make a cluster of Kubernetes, for `kubernetes.ts` and `site.ts`. */
import {
  pkg,
  play,
  z,
  type Context,
  type HostView,
  type InventoryView,
  type Play,
  type Step,
} from 'tsplay';
import { binaries } from '../roles/binaries/index.ts';
import { bundledImages, bundledPackages } from '../roles/bundle/index.ts';
import { clusterOf, clusterVariables } from '../roles/cluster/index.ts';
import { cni } from '../roles/cni/index.ts';
import { hostsFile } from '../roles/common/host-lines.ts';
import { common } from '../roles/common/index.ts';
import { commonVariables } from '../roles/common/variables.ts';
import { containerd } from '../roles/containerd/index.ts';
import { coredns } from '../roles/coredns/index.ts';
import { approverKnows, csrApprover } from '../roles/csr-approver/index.ts';
import { docker } from '../roles/docker/index.ts';
import { etcd, etcdStaysOne } from '../roles/etcd/index.ts';
import { haproxy } from '../roles/haproxy/index.ts';
import { keepalived } from '../roles/keepalived/index.ts';
import { kernel } from '../roles/kernel/index.ts';
import { kubeNginx } from '../roles/kube-nginx/index.ts';
import { master } from '../roles/master/index.ts';
import { metricsServer } from '../roles/metrics-server/index.ts';
import { node } from '../roles/node/index.ts';
import { onOutside } from '../roles/outside.ts';
import {
  balancerCertificates,
  etcdCertificates,
  etcdTls,
  keptSecrets,
  partsOf,
  pkiVariables,
  type Parts,
  type PkiVariables,
} from '../roles/pki/index.ts';
import { preflight } from '../roles/preflight/index.ts';
import { time } from '../roles/time/index.ts';

/** Whoever has a part in the cluster, in an inventory that need not have all these groups. */
export const members = 'etcd?:kube_master?:kube_node?:haproxy?:keepalived?';

/** Whether the inventory describes a cluster of Kubernetes, rather than of etcd alone. */
export const isKubernetes = (inventory: InventoryView): boolean => inventory.has('kube_master');

/** Who runs containers: a master without pods has its certificates and its way to them. */
const machines = 'kube_master?:kube_node?';

/** Hosts, each with its part, in the order in which they need each other. */
export const kubernetesPlays: readonly Play[] = [
  play({
    name: 'preflight',
    hosts: members,
    applies: isKubernetes,
    // One host that cannot be a member, and nothing is written to any.
    maxFailPercentage: 0,
    vars: pkiVariables,
    uses: { parts: (context) => partsOf(context) },
    *tasks({ parts, ...context }) {
      yield preflight;
      const { groups } = context.host;
      const isMaster = groups.includes('kube_master');
      if (groups.includes('etcd') || isMaster) yield etcdStaysOne(context, etcdTls(parts.paths));
      if (isMaster) yield* keptSecrets(parts);
    },
  }),
  play({
    name: 'members',
    hosts: members,
    applies: isKubernetes,
    vars: commonVariables,
    *tasks({ vars, host, inventory, outside }) {
      yield bundledPackages;
      yield common;
      yield time(timeFor(host));
      for (const other of outside) {
        const name = `hosts of the inventory on ${other.name}`;
        const names = hostsFile(name, inventory, vars.commonHosts);
        yield onOutside(other, 'names of hosts', [names], ['common', 'hosts']);
      }
      yield kernel.on(machines);
      yield binaries.on(machines);
      const runtime = host.vars['clusterRuntime'] === 'docker' ? docker : containerd;
      yield runtime.on(machines);
      yield bundledImages.on(machines);
    },
  }),
  play({
    name: 'etcd of the cluster',
    hosts: 'etcd?',
    applies: isKubernetes,
    // Without a quorum for one nobody's API server is told of it.
    maxFailPercentage: 0,
    vars: pkiVariables,
    uses: { parts: (context) => partsOf(context) },
    *tasks({ parts }) {
      // It brings the user that the keys belong to.
      const user = { debian: ['etcd-server'], redhat: ['etcd'] };
      yield pkg('user of etcd', { name: user }, { tags: ['etcd'] });
      yield* etcdCertificates(parts);
      yield etcd({ etcdTls: etcdTls(parts.paths) });
    },
  }),
  play({
    name: 'balancers',
    hosts: members,
    applies: isKubernetes,
    vars: pkiVariables,
    uses: { parts: (context) => partsOf(context) },
    tasks: (context) => balance(context),
  }),
  play({
    name: 'masters',
    hosts: 'kube_master?',
    applies: isKubernetes,
    roles: [master, csrApprover],
  }),
  play({
    name: 'nodes',
    hosts: members,
    applies: isKubernetes,
    vars: clusterVariables,
    uses: { cluster: clusterOf },
    *tasks({ vars, host, outside, cluster }) {
      const isNode = host.groups.includes('kube_node');
      if (isNode) yield* approverKnows(outside, cluster, vars);
      if (cluster.endpoint.kind === 'local-nginx') yield kubeNginx.on('kube_node?');
      yield node.on('kube_node?');
      // A master that runs no pods asks some: webhooks, metrics.
      if (isNode || cluster.masters.includes(host)) yield cni;
    },
  }),
  play({
    name: 'addons',
    hosts: 'kube_master?',
    applies: isKubernetes,
    roles: [coredns, metricsServer],
  }),
];

/** haproxy in front of all masters, and the address that moves between its hosts. */
function* balance({
  vars,
  host,
  outside,
  parts,
}: Context<PkiVariables> & { readonly parts: Parts }): Iterable<Step> {
  const { cluster, paths } = parts;
  if (cluster.endpoint.kind !== 'vip') return;
  const tls = { ca: paths.balancer.authority, cert: paths.balancer.clientBundle };
  const haproxyServices = [
    {
      name: 'kube-apiserver',
      port: cluster.endpoint.port,
      servers: { group: vars.clusterMasterGroup, port: cluster.apiPort },
      check: { path: '/readyz', tls },
    },
  ];
  if (host.groups.includes('haproxy')) {
    // It brings the user that reads the certificates.
    yield pkg('user of haproxy', { name: 'haproxy' }, { tags: ['haproxy'] });
    yield* balancerCertificates(parts);
  }
  yield haproxy({ haproxyServices }).on('haproxy?');
  yield keepalived.on('keepalived?');
  if (!cluster.masters.includes(host)) return;
  // A new master that the run is limited to: the balancers that are left out learn of it.
  for (const other of outside.filter(({ groups }) => groups.includes('haproxy'))) {
    const as = `haproxy on ${other.name}`;
    yield haproxy({ haproxyServices }, { as, on: other.name, runOnce: true });
  }
}

/** Servers answer the networks of the cluster: a host that comes later need not be known to them. */
function timeFor({ vars }: HostView) {
  const networks = z.array(z.string()).min(1).safeParse(vars['clusterHostCidrs']);
  if (vars['timeAllow'] !== undefined || !networks.success) return {};
  return { timeAllow: networks.data };
}
