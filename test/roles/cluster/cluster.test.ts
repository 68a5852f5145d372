import { stringify } from 'yaml';
import { debug, role, secret } from 'tsplay';
import { describe, expect, test } from 'vitest';
import {
  cgroupDriverOf,
  clusterOf,
  clusterVariables,
  type Cluster,
} from '../../../roles/cluster/index.ts';
import { inventoryOf } from '../../plan/inventory.ts';
import { mistakesOf } from '../collecting.ts';

let seen: Cluster | undefined;

/** A role that takes the cluster's variables as all do. */
const member = role({
  name: 'member',
  vars: clusterVariables,
  *tasks({ vars, inventory }) {
    seen = clusterOf({ inventory, vars });
    yield debug('cluster', { message: seen.name });
  },
});

type Hosts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const three: Hosts = {
  m1: { host: '192.168.7.200' },
  m2: { host: '192.168.7.201' },
  m3: { host: '192.168.7.202' },
};

/** The seed's three hosts, each of them everything. */
function inventory(
  vars: Readonly<Record<string, unknown>> = {},
  hosts: Hosts = three,
  groups: Readonly<Record<string, readonly string[]>> = {},
): string {
  const names = Object.keys(hosts);
  const all = { kube_master: names, kube_node: names, etcd: names, ...groups };
  const children = Object.entries(all).map(([group, members]) => [
    group,
    { hosts: Object.fromEntries(members.map((name) => [name, null])) },
  ]);
  return stringify({ all: { vars, hosts, children: Object.fromEntries(children) } });
}

describe('what follows from the variables', () => {
  test('addresses, names and the endpoint of the seed', async () => {
    expect(await mistakesOf(member, inventory())).toBe('');
    expect(seen).toMatchObject({
      apiAddress: '10.254.0.1',
      dnsAddress: '10.254.0.2',
      apiPort: 6443,
      endpoint: { kind: 'local-nginx', url: 'https://127.0.0.1:8443' },
    });
    expect(seen?.apiNames).toEqual([
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
      'localhost',
      '127.0.0.1',
      '10.254.0.1',
      'm1',
      '192.168.7.200',
      'm2',
      '192.168.7.201',
      'm3',
      '192.168.7.202',
    ]);
  });

  test('the shared address and its name are in the certificate and the url', async () => {
    const clusterEndpoint = { kind: 'vip', address: '192.168.7.210', name: 'api.test' };
    expect(await mistakesOf(member, inventory({ clusterEndpoint }))).toBe('');
    expect(seen?.endpoint.url).toBe('https://api.test:8443');
    expect(seen?.apiNames).toEqual(expect.arrayContaining(['192.168.7.210', 'api.test']));
  });

  test('roles with variables of their own, secret ones too, see one and the same cluster', async () => {
    const hosts = await inventoryOf(inventory());
    const vars = clusterVariables.parse({});
    const token = { nodeToken: secret('abc') };
    expect(clusterOf({ inventory: hosts, vars: { ...vars, ...token } })).toBe(
      clusterOf({ inventory: hosts, vars: { ...vars, nodeName: 'm1' } }),
    );
  });

  test('one cgroup driver serves runtime and kubelet, so they cannot differ', () => {
    expect(cgroupDriverOf({ clusterCgroupDriver: undefined, sharedKernel: false })).toBe('systemd');
    expect(cgroupDriverOf({ clusterCgroupDriver: undefined, sharedKernel: true })).toBe('cgroupfs');
    expect(cgroupDriverOf({ clusterCgroupDriver: 'systemd', sharedKernel: true })).toBe('systemd');
  });
});

describe('refused before anything connects', () => {
  const refused = async (...of: Parameters<typeof inventory>) =>
    mistakesOf(member, inventory(...of));

  test('overlapping networks of pods and services, with the place', async () => {
    const said = await refused({ clusterServiceCidr: '172.30.128.0/17' });
    expect(said).toMatch(
      /hosts\.yaml:\d+:\d+ .*clusterServiceCidr.*overlaps clusterPodCidr 172\.30\.0\.0\/16/,
    );
  });

  test("the seed's 192.168.0.0/16 for pods, in which the hosts are", async () => {
    const said = await refused({ clusterPodCidr: '192.168.0.0/16' });
    expect(said).toContain(
      'm1 has the address 192.168.7.200, which lies in clusterPodCidr 192.168.0.0/16',
    );
  });

  test('a network of hosts that pods would hide', async () => {
    const said = await refused({ clusterHostCidrs: ['172.30.0.0/24'] });
    expect(said).toContain('overlaps 172.30.0.0/24 of clusterHostCidrs');
  });

  test('a network with bits behind its length', async () => {
    expect(await refused({ clusterPodCidr: '172.30.1.0/16' })).toContain('write 172.30.0.0/16');
  });

  test('services larger than the API server takes', async () => {
    expect(await refused({ clusterServiceCidr: '10.0.0.0/8' })).toContain('takes /12 or smaller');
  });

  test('more pods than a node has addresses: 220 on a /25', async () => {
    const said = await refused({ clusterMaxPods: 220, clusterNodeMask: 25 });
    expect(said).toContain('more than the 125 addresses');
    expect(await refused({ clusterMaxPods: 220 })).toBe('');
  });

  test("a node's part that is no part of the network of pods", async () => {
    expect(await refused({ clusterPodCidr: '172.30.0.0/24' })).toContain(
      'a node gets a part of it',
    );
    const tiny = { clusterPodCidr: '172.16.0.0/12', clusterNodeMask: 29, clusterMaxPods: 4 };
    expect(await refused(tiny)).toContain('kube-controller-manager refuses');
  });

  test('more nodes than the network has parts', async () => {
    const said = await refused({ clusterPodCidr: '172.30.0.0/23' });
    expect(said).toContain('3 nodes, and 172.30.0.0/23 has room for 2 parts of /24');
  });

  test("the address of a host as the shared one, as the seed's 172.18.52.33", async () => {
    const said = await refused({ clusterEndpoint: { kind: 'vip', address: '192.168.7.201' } });
    expect(said).toContain('the shared address 192.168.7.201 is the address of m2');
  });

  test('a shared address among the pods', async () => {
    const said = await refused({ clusterEndpoint: { kind: 'vip', address: '172.30.0.9' } });
    expect(said).toContain('172.30.0.9 lies in 172.30.0.0/16');
  });

  test("an endpoint that is not keepalived's address: two numbers for one thing", async () => {
    const vars = {
      clusterEndpoint: { kind: 'vip', address: '192.168.7.210' },
      keepalivedAddress: '192.168.7.211/24',
    };
    const said = await refused(vars, three, { keepalived: ['m1'] });
    expect(said).toContain('keepalivedAddress of m1 is 192.168.7.211/24');
  });

  test('two hosts with one address, as the seed gives .201 to two', async () => {
    const said = await refused({}, { ...three, m2: { host: '192.168.7.200' } });
    expect(said).toContain('m1 and m2 have the same address 192.168.7.200');
  });

  test('two nodes with one name', async () => {
    const m2 = { host: '192.168.7.201', nodeName: 'm1' };
    expect(await refused({}, { ...three, m2 })).toContain('m1 and m2 have the same name m1');
  });

  test('a name that is no name of a node', async () => {
    const said = await refused({}, { k8s_Node1: { host: '192.168.7.200' } });
    expect(said).toContain("'k8s_Node1' cannot be the name of a node");
  });

  test('a host without an address of its own', async () => {
    expect(await refused({}, { m1: { host: 'm1.test' } })).toContain(
      "m1 has no IP address but 'm1.test'",
    );
    expect(await refused({}, { m1: { host: '127.0.0.1' } })).toContain(
      'which other hosts cannot reach',
    );
  });

  test("the local proxy on the API server's own port", async () => {
    const said = await refused({ clusterEndpoint: { kind: 'local-nginx', port: 6443 } });
    expect(said).toContain('the proxy on masters would listen on 6443');
    const apart = { kube_master: ['m1'], kube_node: ['m2', 'm3'] };
    const fine = { clusterEndpoint: { kind: 'local-nginx', port: 6443 } };
    expect(await refused(fine, three, apart)).toBe('');
  });

  test("haproxy on masters on the API server's own port", async () => {
    const vars = { clusterEndpoint: { kind: 'vip', address: '192.168.7.210', port: 6443 } };
    expect(await refused(vars, three, { haproxy: ['m1'] })).toContain('haproxy on masters');
  });

  test('ports that belong to others', async () => {
    expect(await refused({ clusterApiPort: 30_443 })).toContain('lies in clusterNodePorts');
    expect(await refused({ clusterApiPort: 10_250 })).toContain('another part of Kubernetes');
    expect(await refused({ clusterNodePorts: '2000-3000' })).toContain('holds 2379');
    expect(await refused({ clusterNodePorts: '32767-30000' })).toContain('smaller to a larger');
  });

  test('no master at all', async () => {
    expect(await refused({}, three, { kube_master: [] })).toContain(
      "no host is in the group 'kube_master'",
    );
  });

  test('a version that the cluster cannot be', async () => {
    expect(await refused({ kubernetesVersion: 'stable' })).toContain('name one, as 1.20.2');
    expect(await refused({ kubernetesVersion: '1.24.0', clusterRuntime: 'docker' })).toContain(
      'no dockershim',
    );
    expect(await refused({ clusterProxyMode: 'nftables' })).toContain('came with 1.31');
  });

  test("the seed's grace of ten seconds, in which a node reports once", async () => {
    expect(await refused({ clusterNodeGrace: 10 })).toContain('four times clusterStatusInterval');
    expect(await refused({ clusterNodeGrace: 10, clusterStatusInterval: 2 })).toBe('');
  });

  test('hosts of one cluster that disagree', async () => {
    const m3 = { host: '192.168.7.202', clusterDomain: 'other.local' };
    expect(await refused({}, { ...three, m3 })).toContain('clusterDomain is "other.local" for m3');
  });

  test('all mistakes are told together', async () => {
    const hosts = { ...three, m2: { host: '192.168.7.200' } };
    const said = await refused({ clusterPodCidr: '192.168.0.0/16', clusterNodeGrace: 5 }, hosts);
    expect(said).toContain('four times');
    const later = await refused({ clusterPodCidr: '192.168.0.0/16' }, hosts);
    expect(later).toContain('have the same address');
    expect(later).toContain('lies in clusterPodCidr');
  });
});
