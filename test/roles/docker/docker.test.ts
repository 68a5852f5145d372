import { testFacts } from 'tsplay/testing';
import { describe, expect, test } from 'vitest';
import { daemonJson } from '../../../roles/docker/daemon.ts';
import { docker } from '../../../roles/docker/index.ts';
import { dockerVariables } from '../../../roles/docker/variables.ts';
import { node } from '../../../roles/node/index.ts';
import { collected } from '../collected.ts';
import { mistakesOf, tasksOf } from '../collecting.ts';

const yaml = (vars = '{}') => `all: { vars: ${vars}, hosts: { a: { host: 10.0.0.1 } } }`;
const daemon = (vars: Record<string, unknown> = {}, kernel = '6.1.0'): Record<string, unknown> =>
  JSON.parse(daemonJson(dockerVariables.parse(vars), testFacts({ kernel }))) as Record<
    string,
    unknown
  >;

describe('daemon.json', () => {
  test("is JSON, which the seed's file with its comment is not", () => {
    expect(daemon()).toEqual({
      'exec-opts': ['native.cgroupdriver=systemd'],
      'data-root': '/var/lib/docker',
      'log-driver': 'json-file',
      'log-opts': { 'max-size': '100m', 'max-file': '3' },
      'storage-driver': 'overlay2',
      'live-restore': true,
    });
  });

  test('has the kernel check only for the kernel that needs it', () => {
    expect(daemon({}, '3.10.0-1160.el7.x86_64')['storage-opts']).toEqual([
      'overlay2.override_kernel_check=true',
    ]);
    expect(daemon({}, '4.18.0')['storage-opts']).toBeUndefined();
  });

  test("has the cgroup driver that kubelet has, and others' settings over ours", () => {
    expect(daemon({ sharedKernel: true })['exec-opts']).toEqual(['native.cgroupdriver=cgroupfs']);
    expect(daemon({ dockerDaemon: { 'live-restore': false } })['live-restore']).toBe(false);
  });
});

describe('refused before anything connects', () => {
  test('a cgroup driver of its own', async () => {
    const own = "{ dockerDaemon: { exec-opts: ['native.cgroupdriver=cgroupfs'] } }";
    expect(await mistakesOf(docker, yaml(own))).toContain(
      'sets the cgroup driver cgroupfs, and kubelet has systemd',
    );
  });

  test('docker for kubelet from 1.24 on', async () => {
    const vars = "{ clusterRuntime: docker, kubernetesVersion: '1.24.3' }";
    expect(await mistakesOf(docker, yaml(vars))).toContain('no dockershim');
  });

  test('docker-ce without the key that its packages are trusted by', async () => {
    expect(await mistakesOf(docker, yaml('{ dockerPackages: docker-ce }'))).toContain(
      'docker-ce needs it, with the key',
    );
  });
});

test('docker-ce comes from its repository on both families', async () => {
  const vars =
    "{ dockerPackages: docker-ce, dockerVersion: '5:20.10.*', dockerRepository: { key: keys/docker.asc } }";
  expect(await tasksOf(docker, yaml(vars), 'a')).toEqual(
    expect.arrayContaining([
      'repository of docker-ce',
      'docker-ce is installed',
      'repository of docker-ce for yum',
      'docker-ce is installed from yum',
    ]),
  );
});

test('a node of docker has the programs of the pod network, where kubelet looks for them', async () => {
  const cluster = (vars = '') => `
all: { vars: { clusterRuntime: docker, ${vars} } }
etcd: { hosts: { m1: { host: 10.0.0.11 } } }
kube_master: { hosts: { m1: } }
kube_node: { hosts: { n1: { host: 10.0.0.21 } } }
`;
  expect(await tasksOf(docker, cluster(), 'n1')).toContain('programs of the pod network');
  expect(await tasksOf(docker, cluster(), 'm1')).not.toContain('programs of the pod network');
  const unit = (await collected(node, cluster('cniBinDir: /opt/cni/bin'))).host('n1');
  expect(await unit.written('unit of kubelet')).toContain('--cni-bin-dir=/opt/cni/bin');
});
