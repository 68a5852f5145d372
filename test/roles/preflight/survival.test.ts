import { describe, expect, test } from 'vitest';
import { clusterOf } from '../../../roles/cluster/index.ts';
import { parseRunning } from '../../../roles/preflight/running.ts';
import { keptVariables } from '../../../roles/preflight/kept.ts';
import { survivalProblems } from '../../../roles/preflight/survival.ts';
import { preflightVariables } from '../../../roles/preflight/variables.ts';
import { inventoryOf } from '../../plan/inventory.ts';

const inventory = await inventoryOf(`
kube_master: { hosts: { m1: { host: 10.0.0.1 } } }
etcd: { hosts: { m1: } }
kube_node: { hosts: { m1: } }
`);

/** A master and node as the roles make it by their defaults. */
const installed = `
unit kube-apiserver 1.20.2
flag kube-apiserver service-cluster-ip-range 10.254.0.0/16
unit kube-controller-manager 1.20.2
flag kube-controller-manager cluster-cidr 172.30.0.0/16
flag kube-controller-manager node-cidr-mask-size 24
unit kubelet 1.20.2
flag kubelet container-runtime remote
flag kubelet root-dir /var/lib/kubelet
set domain cluster.local
set cgroups systemd
set containerd /var/lib/containerd
set cni bridge
set bridge cni0
`;

function problems(vars: Record<string, unknown>, runs = installed): readonly string[] {
  const parsed = preflightVariables.parse(vars);
  return survivalProblems(clusterOf({ inventory, vars: parsed }), parsed, parseRunning(runs));
}

test('a cluster that stays what it is, and a host that is new, have no problems', () => {
  expect(problems({})).toEqual([]);
  expect(problems({ clusterPodCidr: '10.8.0.0/16', clusterDomain: 'other.test' }, '')).toEqual([]);
});

describe('refused with the value that runs and the reason', () => {
  test.each<readonly [Record<string, unknown>, RegExp]>([
    [
      { clusterPodCidr: '172.40.0.0/16' },
      /would make it 172\.40\.0\.0\/16, and .* 172\.30\.0\.0\/16/,
    ],
    [{ clusterServiceCidr: '10.96.0.0/16' }, /services keep their addresses/],
    [{ clusterNodeMask: 25, clusterMaxPods: 100 }, /nodes keep networks of the old size/],
    [{ clusterDomain: 'k8s.test' }, /running pods use the old domain/],
    [{ masterApiserverFlags: { 'etcd-prefix': '/other' } }, /the cluster is empty/],
    [{ clusterRuntime: 'docker' }, /started a second time; .*drain the node, reset it/],
    [{ clusterCgroupDriver: 'cgroupfs' }, /control groups that kubelet does not manage/],
    [{ kubeletRoot: '/data/kubelet' }, /volumes of running pods/],
    [{ containerdRoot: '/data/containerd' }, /orphaned/],
    [{ cniKind: 'flannel' }, /routes and interfaces of the old network stay/],
    [{ cniBridge: 'br0' }, /stay on the old bridge/],
  ])('%j', (vars, said) => {
    const [variable] = Object.keys(vars);
    const [problem, ...more] = problems(vars);
    expect(problem).toMatch(said);
    expect(problem?.startsWith(`${variable} `)).toBe(true);
    expect(more).toEqual([]);
    expect(problems({ ...vars, preflightAllowChanges: [variable] })).toEqual([]);
  });

  test('what the user sets beside the roles counts as what is wanted', () => {
    const dual = 'flag kube-apiserver service-cluster-ip-range 10.254.0.0/16,fd00::/112';
    const flags = { 'service-cluster-ip-range': '10.254.0.0/16,fd00::/112' };
    expect(
      problems({ masterApiserverFlags: flags }, `unit kube-apiserver 1.20.2\n${dual}`),
    ).toEqual([]);
    expect(problems({ kubeletExtra: { clusterDomain: 'k8s.test' } })).toEqual([
      expect.stringMatching(/^clusterDomain would make it k8s\.test/),
    ]);
  });

  test('the folder of docker, where docker runs', () => {
    const runs =
      'unit kubelet 1.20.2\nflag kubelet container-runtime docker\nset docker /var/lib/docker\n';
    const docker = { clusterRuntime: 'docker' };
    expect(problems(docker, runs)).toEqual([]);
    expect(problems({ ...docker, dockerRoot: '/data/docker' }, runs)).toHaveLength(1);
    expect(
      problems({ ...docker, dockerDaemon: { 'data-root': '/data/docker' } }, runs),
    ).toHaveLength(1);
  });
});

describe('versions', () => {
  const on = (kubernetesVersion: string, more = {}) => problems({ kubernetesVersion, ...more });

  test('patches go both ways, and one minor up', () => {
    expect([on('1.20.0'), on('1.20.15'), on('1.21.0')]).toEqual([[], [], []]);
  });

  test('never a minor down, by no program', () => {
    expect(on('1.19.9')).toEqual([
      expect.stringMatching(
        /^kubernetesVersion is 1\.19\.9, and kube-apiserver is 1\.20\.2: .*stay on 1\.20/,
      ),
      expect.stringContaining('kube-controller-manager is 1.20.2'),
      expect.stringContaining('kubelet is 1.20.2'),
    ]);
  });

  test('masters go up one minor at a time; a node that was away catches up', () => {
    expect(on('1.22.0')).toEqual([
      expect.stringMatching(
        /kube-apiserver is 1\.20\.2: masters are upgraded one minor at a time; run with 1\.21 first/,
      ),
      expect.stringContaining('kube-controller-manager'),
    ]);
    expect(problems({ kubernetesVersion: '1.22.0' }, 'unit kubelet 1.20.2\n')).toEqual([]);
    expect(on('1.22.0', { preflightAllowChanges: ['kubernetesVersion'] })).toEqual([]);
  });
});

test('every variable that may be allowed is one of the roles', () => {
  for (const variable of keptVariables) expect(preflightVariables.shape).toHaveProperty(variable);
});
