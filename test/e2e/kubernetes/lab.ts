/** The shipped inventory of Kubernetes on the hosts of a test's own lab, and looks at the cluster. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../../../lab/index.ts';
import { kubernetesImages } from '../../../lab/kubernetes/images.ts';
import { onHost } from '../lab.ts';
import { runPlay, type PlayOptions, type PlayRun } from '../run-play.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

export interface ClusterLab {
  readonly folder: string;
  /** All five hosts, and without the last worker. */
  readonly inventory: string;
  readonly smaller: string;
  /** Runs a shipped playbook, with the images of the lab. */
  play(argv: readonly string[], more?: Partial<PlayOptions>): Promise<PlayRun>;
  playbook(name: string, source: string): Promise<string>;
  remove(): Promise<void>;
}

export async function clusterLab(lab: Lab): Promise<ClusterLab> {
  const folder = await mkdtemp(join(tmpdir(), `kubernetes-${lab.name}-`));
  await cp(join(repository, 'inventories'), join(folder, 'inventories'), { recursive: true });
  await mkdir(join(folder, 'node_modules'));
  await symlink(repository, join(folder, 'node_modules', 'tsplay'));
  const { images } = await kubernetesImages();
  const archives = JSON.stringify({ containerdImages: images.map(({ file }) => file) });
  const shipped = await readFile(join(folder, 'inventories', 'kubernetes-lab.yaml'), 'utf8');
  const own = shipped
    .replaceAll('10.99.63.', `${lab.subnet}.`)
    .replaceAll('/var/tmp/tsplay-lab/labs/kube/', `${lab.folder}/`);
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  return {
    folder,
    inventory: await write('inventories/five.yaml', own),
    smaller: await write('inventories/four.yaml', own.replace(/^ +kube5: .*\n/m, '')),
    play: (argv, more = {}) => runPlay([...argv, '-e', archives], { cwd: folder, ...more }),
    playbook: write,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The words `kubectl` on a master, as the administrator; `server` instead of the master's own. */
export const command = (server?: string): string =>
  `/opt/k8s/bin/kubectl --kubeconfig=/etc/kubernetes/admin.conf --request-timeout=60s ${server === undefined ? '' : `--server=${server}`}`;

export const kubectl = (lab: Lab, host: string, words: string, server?: string): Promise<string> =>
  onHost(lab, host, `${command(server)} ${words}`);

/** Names of nodes that are Ready. */
export async function readyNodes(lab: Lab, host: string): Promise<readonly string[]> {
  const lines = await kubectl(lab, host, 'get nodes --no-headers');
  return lines
    .split('\n')
    .filter((line) => / Ready /.test(line))
    .map((line) => line.split(' ')[0] ?? '');
}

const units = [
  'etcd',
  'haproxy',
  'keepalived',
  'containerd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'csr-approver',
  'kubelet',
  'kube-proxy',
  'pod-network',
] as const;

export type Unit = (typeof units)[number];

/** When each unit of each host was last started: `kube1 etcd` to its invocation. */
export async function starts(lab: Lab): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const { name, pid } of lab.hosts) {
    if (pid === undefined) continue;
    for (const unit of units) {
      const shown = await onHost(lab, name, `systemctl show -p InvocationID -p NRestarts ${unit}`);
      if (!/InvocationID=$/m.test(shown)) found[`${name} ${unit}`] = shown.trim();
    }
  }
  return found;
}

/** Which of the units were started anew. */
export const restarted = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] => Object.keys(after).filter((unit) => before[unit] !== after[unit]);

/** Days until the certificate that a server shows ends. */
export function daysShown(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false }, () => {
      const { valid_to: until } = socket.getPeerCertificate();
      socket.destroy();
      resolve((Date.parse(until) - Date.now()) / 86_400_000);
    });
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
  });
}

/** What a run says that it failed with, for the message of an expectation. */
export const failures = (run: PlayRun): readonly unknown[] =>
  run.ends
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ step, failure }) => [step.host, step.name, failure]);

/** Whether a server speaks TLS there. */
export const serves = (host: string, port: number): Promise<boolean> =>
  daysShown(host, port).then(
    () => true,
    () => false,
  );

/** Asks until it is so. @throws Error after so many seconds, with what was seen last */
export async function eventually<T>(
  seconds: number,
  ask: () => Promise<T>,
  holds: (seen: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await ask().catch((error: unknown) => error);
    const isAnswer = !(seen instanceof Error);
    if (isAnswer && holds(seen as T)) return seen as T;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s; seen: ${String(seen)}`);
    await sleep(500);
  }
}
