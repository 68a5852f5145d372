/** Mistakes of the seeds, as people make them: each is told before anything connects. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playText } from '../run-play.ts';

let folder: string;
let inventory: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refusals-'));
  const shipped = fileURLToPath(new URL('../../../inventories', import.meta.url));
  await cp(shipped, join(folder, 'inventories'), { recursive: true });
  inventory = join(folder, 'inventories', 'kubernetes-lab.yaml');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['networks that overlap', { clusterServiceCidr: '172.30.0.0/16' }, 'overlaps clusterPodCidr'],
  [
    'pods in the network of the hosts',
    { clusterPodCidr: '10.99.0.0/16' },
    /lies in clusterPodCidr|overlaps/,
  ],
  [
    'an address that a host has',
    { clusterEndpoint: { kind: 'vip', address: 'HOST', port: 8443 } },
    'is the address of kube2',
  ],
  ['a priority that never fails over', { keepalivedWeight: -2 }, 'the address would never move'],
  ['a password of nine characters', { keepalivedPassword: 'transwarp' }, 'keepalived takes 8'],
  [
    'the router id of every example',
    { keepalivedRouterId: 51 },
    'two clusters with one id in a network conflict',
  ],
  [
    'a balancer on the port of the API server',
    { clusterEndpoint: { kind: 'vip', address: 'FREE', port: 6443 } },
    'where their API server does',
  ],
  [
    'an insecure port',
    { masterApiserverFlags: { 'insecure-port': 8080 } },
    'a port without authentication',
  ],
  [
    'anonymous requests',
    { masterApiserverFlags: { 'anonymous-auth': true } },
    'anybody query the API server',
  ],
  [
    'the key of an authority for tokens',
    { masterApiserverFlags: { 'service-account-key-file': '/etc/kubernetes/pki/ca.crt' } },
    'to its own key pair',
  ],
  [
    'the whole network as the pods of each node',
    { kubeletExtra: { podCIDR: '172.30.0.0/16' } },
    'its own part of clusterPodCidr',
  ],
  ['more pods than a node has addresses', { clusterMaxPods: 400 }, 'is more than'],
  [
    'a version that changes by itself',
    { kubernetesVersion: 'stable' },
    'another version every month',
  ],
  ['docker where it went', { clusterRuntime: 'docker', kubernetesVersion: '1.24.0' }, 'dockershim'],
  ['a node that counts as lost at once', { clusterNodeGrace: 10 }, 'at least four times'],
  [
    'another network for flannel',
    { cniKind: 'flannel', flannelNetwork: '192.168.0.0/16' },
    'must be clusterPodCidr',
  ],
] as const)(
  'a mistake of the seeds is told before anything connects: %s',
  async (_, given, said) => {
    const text = JSON.stringify(given)
      .replace('HOST', '10.99.63.12')
      .replace('FREE', '10.99.63.200');
    const run = await playText(['site.ts', '-i', inventory, '-e', text], {
      cwd: folder,
      env: { PATH: '/nowhere' },
    });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(said);
  },
);

test('a duplicate address of a peer is told before anything connects', async () => {
  const twice = join(folder, 'twice.yaml');
  await writeFile(
    twice,
    `all:\n  children:\n    kube_master: { hosts: { a: { host: 10.0.0.1 }, b: { host: 10.0.0.1 } } }\n    etcd: { hosts: { a: , b: } }\n`,
  );
  const run = await playText(['site.ts', '-i', twice], { cwd: folder });
  expect([run.exitCode, run.stderr]).toEqual([
    1,
    expect.stringContaining('a and b have the same address 10.0.0.1'),
  ]);
});
