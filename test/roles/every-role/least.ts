/** What an inventory must have at least, and what some choices go with. */
import { fileURLToPath } from 'node:url';

export type Variables = Readonly<Record<string, unknown>>;

/** Every group that a role or playbook selects. */
export const least = (vars: Variables, ofOneHost: Variables = {}): string => `
all: { vars: ${JSON.stringify(vars)} }
etcd: { hosts: { m1: { host: 10.0.0.11 } } }
kube_master: { hosts: { m1: } }
kube_node: { hosts: { m1: , n1: ${JSON.stringify({ host: '10.0.0.21', ...ofOneHost })} } }
haproxy: { hosts: { b1: { host: 10.0.0.31 } } }
keepalived: { hosts: { b1: } }
sample: { hosts: { m1: } }
`;

/** Variables without a default. */
export const required: Readonly<Record<string, Variables>> = {
  haproxy: {
    haproxyServices: [{ name: 'api', port: 8443, servers: { group: 'kube_master', port: 6443 } }],
  },
  keepalived: {
    keepalivedAddress: '10.9.0.1/24',
    keepalivedRouterId: 7,
    keepalivedPassword: 'Sample88',
  },
  reset: { resetCluster: 'kubernetes' },
};

/** Where a role is for hosts of one group only. */
export const hostsOf: Readonly<Record<string, string>> = {
  etcd: 'etcd',
  haproxy: 'haproxy',
  keepalived: 'keepalived',
  verify: 'kube_node',
};

/** Variables that each host has differently. */
export const differs = ['nodeName', 'commonHostname'];

/** A bundle of a package and an image. */
const bundle = fileURLToPath(new URL('bundle', import.meta.url));

/** What has to be said with a choice: else it is refused, or nobody asks for it. */
export const together: Readonly<Record<string, Variables>> = {
  'clusterProxyMode=nftables': { kubernetesVersion: '1.31.0' },
  'kubernetesSource.bundle=given': { kubernetesSource: { kind: 'release', bundle } },
  'dockerPackages=docker-ce': { dockerRepository: { key: 'docker.asc' } },
  'flannelBackend=vxlan': { cniKind: 'flannel' },
  'flannelBackend=host-gw': { cniKind: 'flannel' },
  'flannelInterface=given': { cniKind: 'flannel' },
  'flannelNetwork=given': {
    cniKind: 'flannel',
    clusterPodCidr: '10.9.0.0/24',
    clusterNodeMask: 25,
    clusterMaxPods: 100,
  },
};
