import { testFacts } from 'tsplay/testing';
import type { Facts, HostView } from 'tsplay';
import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../roles/cluster/index.ts';
import { fleetProblems, isHeld, type Told } from '../../../roles/preflight/fleet-problems.ts';
import { hostProblems } from '../../../roles/preflight/host-problems.ts';
import { parseLook, type Seen } from '../../../roles/preflight/look.ts';
import { portsOf } from '../../../roles/preflight/ports.ts';
import { preflightVariables } from '../../../roles/preflight/variables.ts';
import { inventoryOf } from '../../plan/inventory.ts';

const inventory = await inventoryOf(`
kube_master: { hosts: { m1: { host: 10.0.0.1 }, m2: { host: 10.0.0.2 } } }
etcd: { hosts: { m1: } }
kube_node: { hosts: { m1: , w1: { host: 10.0.0.3 } } }
`);

const card = (ipv4: string, mac = '02:00:00:00:00:01') => ({ ipv4: [ipv4], ipv6: [], mac });
const fit = (address: string, more: Partial<Facts> = {}): Facts =>
  testFacts({ interfaces: { eth0: card(address) }, cpus: 4, ...more });
const nothing: Seen = { listeners: [], free: new Map(), foreign: [], ipvs: true };

/** Problems of a host that is fit but for what a test is about. */
function problems(
  name: string,
  more: {
    readonly vars?: Record<string, unknown>;
    readonly facts?: Partial<Facts>;
    readonly seen?: Partial<Seen>;
  } = {},
): readonly string[] {
  const host = inventory.host(name);
  const vars = preflightVariables.parse(more.vars ?? {});
  const cluster = clusterOf({ inventory, vars });
  const seen = { ...nothing, ...more.seen };
  return hostProblems({ host, cluster, vars, facts: fit(host.address, more.facts), seen });
}

describe('a host', () => {
  test('that is fit has no problems', () => {
    expect(problems('m1')).toEqual([]);
    expect(problems('w1')).toEqual([]);
  });

  test('tells all its problems together', () => {
    const all = problems('m1', {
      facts: { memory: 2 ** 29, cpus: 1, kernel: '2.6.32-754.el6', systemd: false, cgroups: 0 },
      seen: { free: new Map([['/var/lib', 100]]), ipvs: false },
    });
    expect(all.join('\n')).toMatchInlineSnapshot(`
      "it has 512 MiB of memory and needs 1700
      it has 1 processors and needs 2
      100 MiB are free for /var/lib, and 10240 are needed
      its kernel is 2.6.32-754.el6, older than 3.10
      it is not run by systemd, which the units need
      no control groups are mounted below /sys/fs/cgroup
      the cgroup driver is systemd, which is not running: set clusterCgroupDriver
      its kernel has no ip_vs: set clusterProxyMode: iptables"
    `);
  });

  test('that is no master needs less', () => {
    expect(problems('w1', { facts: { memory: 2 ** 30, cpus: 1 } })).toEqual([]);
    expect(problems('m2', { facts: { memory: 2 ** 30 } })).toEqual([
      'it has 1024 MiB of memory and needs 1700',
    ]);
  });

  test('compares kernels as numbers: 3.9 is older than 3.10', () => {
    expect(problems('w1', { facts: { kernel: '3.9.11' } })).toHaveLength(1);
    expect(problems('w1', { facts: { kernel: '3.10.0-1160.el7.x86_64' } })).toEqual([]);
  });

  test('with swap is refused, unless it is switched off, borne, or not its own', () => {
    const facts = { swap: 1024 };
    expect(problems('w1', { facts })[0]).toContain('it has swap, which kubelet refuses');
    for (const vars of [
      { commonSwap: 'off' },
      { preflightAllowSwap: true },
      { sharedKernel: true },
    ]) {
      expect(problems('w1', { facts, vars })).toEqual([]);
    }
  });

  test('whose address is on none of its interfaces is told: certificates would be wrong', () => {
    const facts = { interfaces: { eth0: card('192.168.1.9') } };
    expect(problems('w1', { facts })[0]).toContain('no interface has its address 10.0.0.3');
  });

  test('without ip_vs is fit where kube-proxy uses iptables, or does not run', () => {
    expect(
      problems('w1', { seen: { ipvs: false }, vars: { clusterProxyMode: 'iptables' } }),
    ).toEqual([]);
    expect(problems('m2', { seen: { ipvs: false } })).toEqual([]);
  });

  test('with cgroup v1 is refused by the kubelets that refuse it', () => {
    const vars = { kubernetesVersion: '1.35.0' };
    expect(problems('w1', { facts: { cgroups: 1 }, vars })[0]).toContain('failCgroupV1');
    expect(problems('w1', { facts: { cgroups: 1 } })).toEqual([]);
  });

  test('that another installer worked on is left alone, unless it is adopted', () => {
    const seen = { foreign: ['/var/lib/kubelet/kubeadm-flags.env', '/etc/rancher/k3s'] };
    expect(problems('w1', { seen })).toHaveLength(2);
    expect(problems('w1', { seen })[0]).toContain('reset that first, or set preflightAdopt');
    expect(problems('w1', { seen, vars: { preflightAdopt: true } })).toEqual([]);
  });
});

describe('ports', () => {
  const taken = (port: number, unit: string, program: string) => ({
    listeners: [{ port, unit, program }],
  });

  test('of another program are told with its name; our own units may have them', () => {
    const foreign = taken(10_250, 'k3s.service', 'k3s-agent');
    expect(problems('w1', { seen: foreign })).toEqual([
      'port 10250 is taken by k3s-agent of k3s.service: kubelet.service needs it',
    ]);
    expect(problems('w1', { seen: taken(10_250, 'kubelet.service', 'kubelet') })).toEqual([]);
    expect(problems('w1', { seen: taken(10_250, '', '') })[0]).toContain('by another program');
  });

  test('matter only where they are needed', () => {
    expect(problems('w1', { seen: taken(6443, '', 'nginx') })).toEqual([]);
    expect(problems('m2', { seen: taken(6443, '', 'nginx') })).toHaveLength(1);
    expect(problems('m2', { seen: taken(2379, '', 'etcd') })).toEqual([]);
  });

  test('follow the groups and the endpoint', () => {
    const vars = preflightVariables.parse({
      preflightPortUnits: { 9100: 'node-exporter.service' },
    });
    const cluster = clusterOf({ inventory, vars });
    const of = (name: string): number[] =>
      [...portsOf(inventory.host(name), cluster, vars).keys()].toSorted((a, b) => a - b);
    expect(of('w1')).toEqual([8443, 9100, 10_248, 10_249, 10_250, 10_256]);
    expect(of('m2')).toEqual([6443, 9100, 10_257, 10_259]);
    expect(of('m1')).toHaveLength(12);
  });
});

test('what the script prints is read, with blanks in paths', () => {
  const said = [
    'port 22 ssh.service sshd',
    'port 111 - -',
    'free 512 /data/my images',
    'foreign /etc/k0s',
    'ipvs',
    '',
  ];
  expect(parseLook(said.join('\n'))).toEqual({
    listeners: [
      { port: 22, unit: 'ssh.service', program: 'sshd' },
      { port: 111, unit: '', program: '' },
    ],
    free: new Map([['/data/my images', 512]]),
    foreign: ['/etc/k0s'],
    ipvs: true,
  });
});

describe('hosts together', () => {
  const told = (name: string, facts: Partial<Facts>, shared = false): Told => {
    const host: HostView = inventory.host(name);
    return { host, shared, facts: fit(host.address, facts) };
  };
  const one = {
    hostname: 'one',
    machineId: 'a',
    productUuid: 'A1',
    interfaces: { e: card('10.0.0.1') },
  };
  const two = {
    hostname: 'two',
    machineId: 'b',
    productUuid: 'B1',
    interfaces: { e: card('10.0.0.2', '02:00:00:00:00:02') },
  };

  test('that differ are fit for each other', () => {
    expect(fleetProblems([told('m1', one), told('m2', two)], 2)).toEqual([]);
  });

  test.each([
    ['host name', { hostname: 'one' }, 'the same host name one'],
    [
      'MAC address',
      { interfaces: { e: card('10.0.0.2') } },
      'the same MAC address 02:00:00:00:00:01',
    ],
    ['machine id', { machineId: 'a' }, 'the same machine id a'],
    ['product uuid, in other letters', { productUuid: 'a1' }, 'the same product uuid a1'],
  ])('that are clones are told by their %s', (_, same, message) => {
    const problems = fleetProblems([told('m1', one), told('m2', { ...two, ...same })], 2);
    expect(problems).toEqual([`m1, m2 have ${message}`]);
  });

  test('of one machine share its product uuid, and that is no mistake', () => {
    const shared = { ...two, productUuid: 'A1' };
    expect(fleetProblems([told('m1', one, true), told('m2', shared, true)], 2)).toEqual([]);
  });

  test('may have bridges alike, and no product uuid', () => {
    const bridge = { docker0: card('172.17.0.1', '02:42:00:00:00:01') };
    const a = { ...one, productUuid: '', interfaces: { ...one.interfaces, ...bridge } };
    const b = { ...two, productUuid: '', interfaces: { ...two.interfaces, ...bridge } };
    expect(fleetProblems([told('m1', a), told('m2', b)], 2)).toEqual([]);
  });

  test('whose clocks differ are named; whole seconds are no difference', () => {
    const at = (host: number) => ({ clock: { host, controller: 1000 } });
    expect(
      fleetProblems([told('m1', { ...one, ...at(999) }), told('m2', { ...two, ...at(1001) })], 2),
    ).toEqual([]);
    const apart = fleetProblems(
      [told('m1', { ...one, ...at(996) }), told('m2', { ...two, ...at(1001) })],
      2,
    );
    expect(apart[0]).toContain('the clocks of m1 and m2 differ by 5 s');
  });

  test('one of which has the shared address hold it', () => {
    expect(isHeld('10.0.0.1', [told('m1', one)])).toBe(true);
    expect(isHeld('10.0.0.9', [told('m1', one)])).toBe(false);
  });
});
