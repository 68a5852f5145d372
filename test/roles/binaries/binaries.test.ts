import { describe, expect, test } from 'vitest';
import { binaries } from '../../../roles/binaries/index.ts';
import { architectureOf } from '../../../kubernetes/release/programs.ts';
import { programsOf } from '../../../roles/binaries/programs.ts';
import { clusterOf, type ClusterVariables } from '../../../roles/cluster/index.ts';
import { binariesVariables } from '../../../roles/binaries/variables.ts';
import { inventoryOf } from '../../plan/inventory.ts';
import { mistakesOf, tasksOf } from '../collecting.ts';

const yaml = `
all:
  vars: { clusterProxyMode: iptables }
kube_master:
  hosts: { m1: { host: 10.0.0.1 }, both: { host: 10.0.0.2 } }
kube_node:
  hosts: { both: , w1: { host: 10.0.0.3 } }
others:
  hosts: { db: { host: 10.0.0.9 } }
`;

describe('which programs', () => {
  test('a host gets what its groups need and no more', async () => {
    const inventory = await inventoryOf(yaml);
    const vars: ClusterVariables = binariesVariables.parse({ clusterProxyMode: 'iptables' });
    const cluster = clusterOf({ inventory, vars });
    const of = (name: string) => programsOf(inventory.host(name), cluster, []);
    expect(of('m1')).toEqual([
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kubectl',
    ]);
    expect(of('w1')).toEqual(['kubelet', 'kube-proxy', 'kubectl']);
    expect(of('both')).toHaveLength(6);
    expect(of('db')).toEqual([]);
    expect(programsOf(inventory.host('db'), cluster, ['kubectl'])).toEqual(['kubectl']);
  });

  test('a machine without programs is refused', () => {
    expect(architectureOf('aarch64')).toBe('arm64');
    expect(() => architectureOf('riscv64')).toThrow('no programs for riscv64');
  });
});

test('a host that needs no program has nothing to do', async () => {
  expect(await tasksOf(binaries, yaml, 'db')).toEqual([]);
  expect(await tasksOf(binaries, yaml, 'w1')).toEqual([
    'folder of the programs',
    'programs',
    'search path of shells',
  ]);
});

test('a checksum that is none, and a kind that is none, are told with the place', async () => {
  const wrong = yaml.replace(
    'clusterProxyMode: iptables',
    'clusterProxyMode: iptables, kubernetesSource: { kind: release, sha512: { amd64: abc } }',
  );
  expect(await mistakesOf(binaries, wrong)).toMatch(/hosts\.yaml:3:\d+ .*sha512/);
});
