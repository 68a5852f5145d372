/** What the roles make on a host: units to stop, and paths that are theirs alone. */
import type { HostView } from 'tsplay';
import type { Cluster } from '../cluster/index.ts';
import type { ResetVariables } from './variables.ts';

export interface Made {
  /** In the order in which they are stopped. */
  readonly units: readonly string[];
  readonly paths: readonly string[];
}

export function madeOn(host: HostView, cluster: Cluster, vars: ResetVariables): readonly Made[] {
  const isIn = (hosts: readonly HostView[]): boolean => hosts.includes(host);
  const balances = cluster.endpoint.kind === 'vip';
  return [
    ...(isIn(cluster.nodes) ? [ofNodes(vars)] : []),
    ...(balances && host.groups.includes('keepalived') ? [ofKeepalived] : []),
    ...(balances && host.groups.includes('haproxy') ? [ofHaproxy(vars)] : []),
    ...(isIn(cluster.masters) ? [ofMasters(vars)] : []),
    ...(isIn(cluster.etcd) ? [ofEtcd(vars)] : []),
    ofAll(vars),
  ];
}

const unitFile = (unit: string): string => `/etc/systemd/system/${unit}.service`;

function ofNodes(vars: ResetVariables): Made {
  const units = ['kubelet', 'kube-proxy', 'pod-network', 'kube-nginx', 'kubelet-kernel'];
  const own = [
    'node.conf',
    'node-bootstrap.conf',
    'kubelet.yaml',
    'kube-proxy.yaml',
    'kube-proxy.conf',
  ];
  return {
    units,
    paths: [
      ...units.map(unitFile),
      ...[...own, 'manifests', 'pod-network'].map((name) => `${vars.clusterConfigDir}/${name}`),
      `${vars.cniConfDir}/10-pods.conflist`,
      '/etc/kube-nginx',
    ],
  };
}

function ofMasters(vars: ResetVariables): Made {
  const units = [
    'pod-network',
    'csr-approver',
    'kube-scheduler',
    'kube-controller-manager',
    'kube-apiserver',
  ];
  const own = [
    'pod-network',
    'admin.conf',
    'controller-manager.conf',
    'scheduler.conf',
    'csr-approver.conf',
  ];
  return {
    units,
    paths: [
      ...units.map(unitFile),
      ...[...own, 'audit-policy.yaml', 'encryption.yaml', 'csr-approver'].map(
        (name) => `${vars.clusterConfigDir}/${name}`,
      ),
      vars.masterAuditDir,
    ],
  };
}

const ofEtcd = (vars: ResetVariables): Made => ({
  units: ['etcd'],
  paths: [
    vars.etcdDataDir,
    vars.pkiEtcdDir,
    '/etc/systemd/system/etcd.service.d/play.conf',
    '/etc/default/etcd',
    '/etc/default/etcd-bootstrap',
  ],
});

const ofHaproxy = (vars: ResetVariables): Made => ({
  units: ['haproxy'],
  paths: ['/etc/haproxy/haproxy.cfg', vars.pkiBalancerDir, '/etc/tmpfiles.d/haproxy.conf'],
});

const ofKeepalived: Made = { units: ['keepalived'], paths: ['/etc/keepalived/keepalived.conf'] };

const ofAll = (vars: ResetVariables): Made => ({
  units: [],
  paths: [
    `${vars.clusterConfigDir}/pki`,
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'].map(
      (name) => `${vars.clusterBinDir}/${name}`,
    ),
    `${vars.clusterBinDir}/kubectl`,
    '/etc/profile.d/kubernetes.sh',
  ],
});
