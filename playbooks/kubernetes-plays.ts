/** The plays that make a cluster of Kubernetes, for `kubernetes.ts` and `site.ts`. */
import {
  block,
  blockInFile,
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
import { clusterOf } from '../roles/cluster/index.ts';
import { cni } from '../roles/cni/index.ts';
import { hostLines } from '../roles/common/host-lines.ts';
import { common } from '../roles/common/index.ts';
import { commonVariables } from '../roles/common/variables.ts';
import { containerd } from '../roles/containerd/index.ts';
import { coredns } from '../roles/coredns/index.ts';
import { approverKnows, csrApprover } from '../roles/csr-approver/index.ts';
import { docker } from '../roles/docker/index.ts';
import { etcd, staysOneCluster } from '../roles/etcd/index.ts';
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
  keptSecrets,
  pkiPaths,
  pkiVariables,
  type PkiVariables,
} from '../roles/pki/index.ts';
import { preflight } from '../roles/preflight/index.ts';
import { time } from '../roles/time/index.ts';

/** Whoever has a part in the cluster, in an inventory that need not have all these groups. */
export const members = 'etcd?:kube_master?:kube_node?:haproxy?:keepalived?';

/** Whether the inventory describes a cluster of Kubernetes, rather than of etcd alone. */
export const isKubernetes = (inventory: InventoryView): boolean => inventory.has('kube_master');

const tagged = (tag: string) => ({ tags: [tag] });

/** Also where only those steps are chosen that could make it two. */
export const oneCluster = { tags: ['preflight', 'etcd', 'master'] };

/** Hosts, each with its part, in the order in which they need each other. */
export const kubernetesPlays: readonly Play[] = [
  play({
    name: 'preflight',
    hosts: members,
    applies: isKubernetes,
    // One host that cannot be a member, and nothing is written to any.
    maxFailPercentage: 0,
    vars: pkiVariables,
    *tasks(context) {
      yield preflight;
      const { groups } = context.host;
      if (groups.includes('etcd') || groups.includes('kube_master')) {
        const stays = [...staysOneCluster(context, etcdTls(context.vars))];
        yield block('etcd stays one cluster', { tasks: stays }, oneCluster);
      }
      if (groups.includes('kube_master')) yield* keptSecrets(context);
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
        const names = blockInFile(`hosts of the inventory on ${other.name}`, {
          path: '/etc/hosts',
          marker: '# {mark} hosts of the inventory',
          block: hostLines(inventory, vars.commonHosts).join('\n'),
        });
        yield onOutside(other, 'names of hosts', [names], ['common', 'hosts']);
      }
      if (!host.groups.includes('kube_master') && !host.groups.includes('kube_node')) return;
      yield kernel;
      yield binaries;
      const runtime = host.vars['clusterRuntime'] === 'docker' ? docker : containerd;
      yield runtime;
      yield bundledImages;
    },
  }),
  play({
    name: 'etcd of the cluster',
    hosts: 'etcd?',
    applies: isKubernetes,
    // Without a quorum for one nobody's API server is told of it.
    maxFailPercentage: 0,
    vars: pkiVariables,
    *tasks(context) {
      // It brings the user that the keys belong to.
      yield pkg(
        'user of etcd',
        { name: { debian: ['etcd-server'], redhat: ['etcd'] } },
        tagged('etcd'),
      );
      yield* etcdCertificates(context);
      yield etcd({ etcdTls: etcdTls(context.vars) });
    },
  }),
  play({
    name: 'balancers',
    hosts: members,
    applies: isKubernetes,
    vars: pkiVariables,
    tasks: balance,
  }),
  play({
    name: 'masters',
    hosts: 'kube_master?',
    applies: isKubernetes,
    *tasks() {
      yield master;
      yield csrApprover;
    },
  }),
  play({
    name: 'nodes',
    hosts: members,
    applies: isKubernetes,
    vars: pkiVariables,
    *tasks({ vars, host, inventory, outside }) {
      const cluster = clusterOf({ inventory, vars });
      if (!host.groups.includes('kube_node')) {
        // A master that runs no pods asks some: webhooks, metrics.
        if (cluster.masters.includes(host)) yield cni;
        return;
      }
      yield* approverKnows(outside, cluster, vars);
      if (cluster.endpoint.kind === 'local-nginx') yield kubeNginx;
      yield node;
      yield cni;
    },
  }),
  play({
    name: 'addons',
    hosts: 'kube_master?',
    applies: isKubernetes,
    *tasks() {
      yield coredns;
      yield metricsServer;
    },
  }),
];

/** haproxy in front of all masters, and the address that moves between its hosts. */
function* balance(context: Context<PkiVariables>): Iterable<Step> {
  const { vars, host, inventory, outside } = context;
  const cluster = clusterOf({ inventory, vars });
  if (cluster.endpoint.kind !== 'vip') return;
  const paths = pkiPaths(vars).balancer;
  const services = {
    haproxyServices: [
      {
        name: 'kube-apiserver',
        port: cluster.endpoint.port,
        servers: { group: vars.clusterMasterGroup, port: cluster.apiPort },
        check: { path: '/readyz', tls: { ca: paths.authority, cert: paths.clientBundle } },
      },
    ],
  };
  if (host.groups.includes('haproxy')) {
    // It brings the user that reads the certificates.
    yield pkg('user of haproxy', { name: 'haproxy' }, tagged('haproxy'));
    yield* balancerCertificates(context);
    yield haproxy(services);
  }
  if (host.groups.includes('keepalived')) yield keepalived;
  if (!cluster.masters.includes(host)) return;
  // A new master that the run is limited to: the balancers that are left out learn of it.
  for (const other of outside.filter(({ groups }) => groups.includes('haproxy'))) {
    const as = `haproxy on ${other.name}`;
    yield haproxy(services, { as, on: other.name, runOnce: true });
  }
}

/** Servers answer the networks of the cluster: a host that comes later need not be known to them. */
function timeFor({ vars }: HostView) {
  const networks = z.array(z.string()).min(1).safeParse(vars['clusterHostCidrs']);
  if (vars['timeAllow'] !== undefined || !networks.success) return {};
  return { timeAllow: networks.data };
}

function etcdTls(vars: PkiVariables) {
  const { authority, server, peer, healthcheckClient } = pkiPaths(vars).etcd;
  const pair = ({ certificate, key }: typeof server) => ({ cert: certificate, key });
  return { ca: authority, ...pair(server), peer: pair(peer), client: pair(healthcheckClient) };
}
