/** A host's file system: an overlay on the base tree, with the host's own identity in it. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HostAccess, LabPlace } from '../driver.ts';
import type { HostPlan } from '../plan.ts';
import { demand } from '../program.ts';
import { writeWhole } from '../state.ts';
import { readNameServers } from './apt.ts';
import { isMounted, removeTree } from './mounts.ts';

export function hostFolder(lab: LabPlace, host: HostPlan): string {
  return join(lab.folder, 'hosts', host.name);
}

export function rootOf(lab: LabPlace, host: HostPlan): string {
  return join(hostFolder(lab, host), 'root');
}

/**
 * Folders that a host sees at a path of its own: an overlay cannot stand on an overlay, so what
 * container engines write must lie on the controller's plain file system.
 */
export function volumesOf(lab: LabPlace, host: HostPlan): Map<string, string> {
  const folder = (name: string) => join(hostFolder(lab, host), name);
  return new Map(
    ['containerd', 'docker', 'kubelet'].map((name) => [`/var/lib/${name}`, folder(name)]),
  );
}

/** Makes a host's file system, anew if an earlier making was not finished. */
export async function createTree(lab: LabPlace, host: HostPlan, access: HostAccess): Promise<void> {
  const folder = hostFolder(lab, host);
  const finished = join(folder, 'made');
  if (!(await exists(finished))) {
    await removeTree(folder);
    for (const name of ['root', 'upper', 'work', ...volumeNames(lab, host)]) {
      await mkdir(join(folder, name), { recursive: true, mode: 0o755 });
    }
    await mountTree(lab, host);
    await personalize(rootOf(lab, host), lab, host, access);
    await writeWhole(finished, '');
  }
  await mountTree(lab, host);
}

/** Mounts a host's overlay if it is not mounted. */
export async function mountTree(lab: LabPlace, host: HostPlan): Promise<void> {
  const root = rootOf(lab, host);
  if (await isMounted(root)) return;
  const folder = hostFolder(lab, host);
  const layers = `lowerdir=${lab.base},upperdir=${folder}/upper,workdir=${folder}/work`;
  await demand(['mount', '-t', 'overlay', 'overlay', '-o', layers, root]);
}

/** Public host keys as `TYPE BASE64`, from the host's own files. */
export async function readHostKeys(lab: LabPlace, host: HostPlan): Promise<string[]> {
  const folder = join(rootOf(lab, host), 'etc/ssh');
  const names = (await readdir(folder)).filter((name) => /^ssh_host_\w+_key\.pub$/.test(name));
  const lines = await Promise.all(
    names.toSorted().map((name) => readFile(join(folder, name), 'utf8')),
  );
  return lines.map((line) => line.split(' ').slice(0, 2).join(' ').trim());
}

/** Files that make a tree this host's, path → content. */
export function identityFiles(
  lab: LabPlace,
  host: HostPlan,
  machineId: string,
): Map<string, string> {
  const names = [
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    `${host.address}\t${host.name}`,
  ];
  const link = [
    '[Match]',
    'Name=host0',
    '',
    '[Network]',
    `Address=${host.address}/24`,
    `Gateway=${lab.subnet}.1`,
  ];
  return new Map([
    ['etc/hostname', `${host.name}\n`],
    ['etc/hosts', `${names.join('\n')}\n`],
    ['etc/machine-id', `${machineId}\n`],
    ['etc/systemd/network/10-host0.network', `${link.join('\n')}\n`],
  ]);
}

async function personalize(
  root: string,
  lab: LabPlace,
  host: HostPlan,
  access: HostAccess,
): Promise<void> {
  const files = identityFiles(lab, host, randomUUID().replaceAll('-', ''));
  files.set('etc/resolv.conf', await readNameServers());
  for (const [path, content] of files) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await rm(file, { force: true });
    await writeFile(file, content, { mode: 0o644 });
  }
  const ssh = join(root, 'root/.ssh');
  await mkdir(ssh, { recursive: true, mode: 0o700 });
  await writeFile(join(ssh, 'authorized_keys'), `${access.publicKey}\n`, { mode: 0o600 });
  for (const type of ['ed25519', 'ecdsa']) {
    const file = join(root, `etc/ssh/ssh_host_${type}_key`);
    await demand(['ssh-keygen', '-q', '-t', type, '-N', '', '-C', `root@${host.name}`, '-f', file]);
  }
}

function volumeNames(lab: LabPlace, host: HostPlan): string[] {
  const folder = `${hostFolder(lab, host)}/`;
  return [...volumesOf(lab, host).values()].map((path) => path.slice(folder.length));
}

async function exists(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
