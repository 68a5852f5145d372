/**
 * What every machine of a cluster has before Kubernetes: checks before the first write, names,
 * time, kernel, containerd, docker, and the programs from a bundle. On bare hosts, with no release
 * site in reach.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { differingPaths, down, type Lab } from '../../lab/index.ts';
import { kubernetesImages } from '../../lab/kubernetes/images.ts';
import { allPrograms } from '../../kubernetes/release/programs.ts';
import { serverArchiveOf, sha512 } from '../kubernetes/release/release-archive.ts';
import { connectionVariables, labFor, onHost } from './lab.ts';
import { playText, runPlay, type PlayRun } from './run-play.ts';

const run = promisify(execFile);
const name = 'base';
const repository = fileURLToPath(new URL('../..', import.meta.url));
let lab: Lab;
let folder: string;
let images: Readonly<Record<string, string>>;
let site: Server;

beforeAll(async () => {
  const made = await kubernetesImages();
  images = Object.fromEntries(made.images.map(({ key, file }) => [key, file]));
  lab = await labFor(name, 2);
  folder = await mkdtemp(join(tmpdir(), 'node-base-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(repository, join(folder, 'node_modules', 'tsplay'));
  await writeFile(join(folder, 'base.ts'), playbook);
  await writeFile(join(folder, 'hosts.yaml'), stringify(inventory()));
}, 900_000);
afterAll(async () => {
  site?.close();
  await down({ name });
  await rm(folder, { recursive: true, force: true });
});

const roles = ['preflight', 'common', 'time', 'kernel', 'containerd', 'docker', 'binaries'];
const playbook = `import { play, playbook } from 'tsplay';
${roles.map((role) => `import { ${role} } from '${repository}roles/${role}/index.ts';`).join('\n')}
export default playbook([play({ name: 'base', hosts: 'all', roles: [${roles.join(', ')}] })]);
`;

function inventory() {
  const hosts = Object.fromEntries(lab.hosts.map((host) => [host.name, { host: host.address }]));
  const group = (...names: string[]) => ({
    hosts: Object.fromEntries(names.map((of) => [of, null])),
  });
  return {
    all: {
      vars: {
        ...connectionVariables(lab),
        kubernetesVersion: '1.20.9',
        clusterProxyMode: 'iptables',
        commonSwap: 'off',
        commonSelinux: 'permissive',
        commonFirewall: 'off',
        commonSetHostname: true,
        timeSources: [],
        containerdImages: [images['pause'], images['busybox']],
        dockerImages: [images['busybox']],
        kubernetesSource: { kind: 'release', bundle: join(folder, 'bundle') },
      },
      hosts,
      children: {
        kube_master: group('base1'),
        etcd: group('base1'),
        kube_node: group('base1', 'base2'),
        chrony_server: group('base1'),
      },
    },
  };
}

const environment = () => ({ TSPLAY_CACHE: join(folder, 'cache') });
const base = (...argv: readonly string[]): Promise<PlayRun> =>
  runPlay(['base.ts', '-i', 'hosts.yaml', ...argv], { cwd: folder, env: environment() });
const see = async (host: string, line: string): Promise<string> =>
  (await onHost(lab, host, line)).trim();
const why = ({ ends, stderr }: PlayRun): string =>
  ends.map(({ failure }) => failure?.message ?? '').join('') + stderr;
const short = (steps: readonly string[]): string[] => [
  ...new Set(steps.map((step) => step.replace(/^\S+ base\//, ''))),
];

/** What is the controller's own: hosts share its kernel. */
async function controllerState(): Promise<string> {
  const parameters = ['vm/overcommit_memory', 'vm/panic_on_oom', 'vm/swappiness', 'kernel/panic']
    .concat(['kernel/panic_on_oops', 'fs/inotify/max_user_instances', 'fs/file-max', 'fs/nr_open'])
    .concat([
      'fs/inotify/max_user_watches',
      'net/netfilter/nf_conntrack_max',
      'net/ipv4/ip_forward',
    ])
    .concat(['net/ipv4/neigh/default/gc_thresh3', 'kernel/hostname']);
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => 'absent\n');
  const values = await Promise.all(
    parameters.map(async (path) => `${path} ${await read(`/proc/sys/${path}`)}`),
  );
  const { stdout } = await run('date', ['+%Z']);
  return `${values.join('')}${await read('/proc/swaps')}${await read('/proc/modules')}${stdout}`;
}

/** Seconds that the clock moved more than time went by. */
const clock = (): number => Date.now() / 1000 - Number(process.hrtime.bigint()) / 1e9;

let checked: PlayRun;
let before: { state: string; clock: number };

test('play bundle fetches a version with its checksums; then the site may be gone', async () => {
  const archive = serverArchiveOf(allPrograms);
  const path = '/v1.20.9/kubernetes-server-linux-amd64.tar.gz';
  site = createServer((request, response) => {
    if (request.url === path) response.end(archive);
    else if (request.url === `${path}.sha512`) response.end(sha512(archive));
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => {
    site.listen(0, '127.0.0.1', done);
  });
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  const argv = ['bundle', '--kubernetes', '1.20.9', '-o', 'bundle', '--site', url];
  const made = await playText(argv, { cwd: folder, env: environment() });
  expect([made.exitCode, made.stderr]).toEqual([0, '']);
  site.closeAllConnections();
  site.close();
  const lock = JSON.parse(await readFile(join(folder, 'bundle/kubernetes.lock.json'), 'utf8')) as {
    archives: { sha512: string }[];
  };
  expect(lock.archives[0]?.sha512).toBe(sha512(archive));
});

test('check on bare hosts writes nothing, fails nowhere, and names what it cannot know', async () => {
  before = { state: await controllerState(), clock: clock() };
  const trees = await Promise.all(lab.hosts.map((host) => lab.snapshotTree(host.name)));
  checked = await base('--check');
  expect(why(checked)).toBe('');
  for (const [index, host] of lab.hosts.entries()) {
    const after = await lab.snapshotTree(host.name);
    expect([...differingPaths(trees[index] ?? new Map(), after)]).toEqual([]);
  }
  expect(short([...checked.of('changed'), ...checked.of('unknown')])).toEqual(
    expect.arrayContaining([
      'common/hosts of the inventory',
      'time/chrony is installed',
      'kernel/net.ipv4.ip_forward',
      'containerd/containerd is installed',
      'docker/docker configuration',
      'binaries/programs',
    ]),
  );
  // The cache is empty: a package of which nobody knows what it brings may change all behind it.
  for (const host of ['base1', 'base2']) {
    const unknown = checked.of('unknown').filter((step) => step.startsWith(`${host} `));
    expect(short(unknown).toSorted()).toEqual(behindUnknownPackages);
  }
});

const behindUnknownPackages: readonly string[] = [
  'binaries/folder of the programs',
  'binaries/programs',
  'binaries/search path of shells',
  'containerd/containerd configuration',
  'containerd/containerd runs',
  'containerd/crictl',
  'containerd/folder: configuration',
  'containerd/folder: images and containers',
  'containerd/folder: pod network',
  'containerd/folder: registries',
  'containerd/image busybox.tar',
  'containerd/image pause.tar',
  'containerd/restart containerd',
  'docker/docker configuration',
  'docker/docker runs',
  'docker/folder /etc/docker',
  'docker/folder /etc/systemd/system/docker.service.d',
  'docker/image busybox.tar',
  'docker/packets of pods pass',
  'docker/restart docker',
  'kernel/module br_netfilter',
  'kernel/module nf_conntrack',
  'kernel/module overlay',
  'kernel/net.bridge.bridge-nf-call-ip6tables',
  'kernel/net.bridge.bridge-nf-call-iptables',
  'kernel/net.ipv4.ip_forward',
  'time/chrony leaves the clock alone',
  'time/chrony runs',
  'time/restart chrony',
  'time/sources of chrony',
];

test('the installation changes what check foretold', async () => {
  const first = await base();
  expect(why(first)).toBe('');
  const foretold = [...checked.of('changed'), ...checked.of('unknown')];
  expect(first.of('changed').filter((step) => !foretold.includes(step))).toEqual([]);
  expect(checked.of('changed').filter((step) => !first.of('changed').includes(step))).toEqual([]);
  expect(await see('base1', 'ls /opt/k8s/bin')).toBe(
    'kube-apiserver\nkube-controller-manager\nkube-proxy\nkube-scheduler\nkubectl\nkubelet',
  );
  expect(await see('base2', 'ls /opt/k8s/bin')).toBe('kube-proxy\nkubectl\nkubelet');
  expect(await see('base2', "bash -lc 'command -v kubectl'")).toBe('/opt/k8s/bin/kubectl');
  expect(await see('base2', 'getent hosts base1')).toContain(lab.hosts[0]?.address);
  expect(await see('base2', 'chronyc -n -c sources')).toContain(`${lab.hosts[0]?.address}`);
});

test('containerd and docker run containers from images that were sent to them', async () => {
  const ctr = 'ctr -n k8s.io run --rm docker.io/library/busybox:1.35 one';
  expect(await see('base1', `${ctr} /bin/sh -c 'echo from containerd'`)).toBe('from containerd');
  expect(await see('base2', 'docker run --rm busybox:1.35 echo from docker')).toBe('from docker');
  await see('base2', 'docker export $(docker create busybox:1.35) | docker import - made:here');
  expect(await see('base2', 'docker run --rm made:here /bin/echo imported')).toBe('imported');
  expect(
    await see(
      'base2',
      'docker info --format "{{.CgroupDriver}} {{.Driver}} {{.LiveRestoreEnabled}}"',
    ),
  ).toBe('cgroupfs overlay2 true');
  expect(await see('base1', 'containerd config dump')).toContain('restrict_oom_score_adj = true');
});

test('the second run changes nothing and restarts nothing, in a handful of round trips', async () => {
  const daemons = async (): Promise<string[]> => {
    const lines =
      'for unit in containerd docker chrony; do systemctl show -p InvocationID -p MainPID $unit; done';
    return Promise.all(lab.hosts.map((host) => see(host.name, lines)));
  };
  const started = await daemons();
  const second = await base();
  expect([why(second), second.of('changed')]).toEqual(['', []]);
  expect(await daemons()).toEqual(started);
  for (const { counters } of Object.values(second.recap)) {
    expect(counters.connections).toBe(1);
    expect(counters.roundTrips).toBeLessThanOrEqual(4);
  }
});

test("the controller's swap, clock, modules and parameters are as they were", async () => {
  expect(await controllerState()).toBe(before.state);
  expect(Math.abs(clock() - before.clock)).toBeLessThan(1);
});

test('a changed setting of containerd restarts it, and it alone', async () => {
  const started = await see('base1', 'systemctl show -p MainPID --value docker');
  const changed = await base('-e', 'containerdSandboxImage=registry.test/pause:3.2');
  expect(why(changed)).toBe('');
  expect(short(changed.of('changed')).toSorted()).toEqual([
    'containerd/containerd configuration',
    'containerd/restart containerd',
  ]);
  expect(await see('base1', 'systemctl show -p MainPID --value docker')).toBe(started);
  expect(await see('base1', 'containerd config dump')).toContain('registry.test/pause:3.2');
});

test('preflight refuses a host before the first write, with all its problems at once', async () => {
  await onHost(lab, 'base2', 'mkdir -p /etc/rancher/k3s');
  const refused = await base(
    '--limit',
    'base2',
    '-e',
    'preflightNodeCpus=64',
    '-e',
    'clusterProxyMode=ipvs',
  );
  const said = why(refused);
  expect(refused.exitCode).toBe(2);
  expect(said).toContain('processors and needs 64');
  expect(said).toContain('its kernel has no ip_vs');
  expect(said).toContain('/etc/rancher/k3s was left by another installer');
  expect(refused.of('changed')).toEqual([]);
  await onHost(lab, 'base2', 'rm -r /etc/rancher');
});
