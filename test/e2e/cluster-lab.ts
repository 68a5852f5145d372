/** The shipped lab inventory on the hosts of a test's own lab, and looks at the cluster. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../../lab/index.ts';
import { onHost } from './lab.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface Workplace {
  /** Where commands run: `.play/` is written here. */
  readonly folder: string;
  readonly inventory: string;
  /** Inventory with other texts in it. */
  changed(name: string, edit: (text: string) => string): Promise<string>;
  /** A playbook of the test's own, which imports from `tsplay` as a user's does. */
  playbook(name: string, source: string): Promise<string>;
  remove(): Promise<void>;
}

/** `inventories/` of the repository in a folder of its own, with the names and addresses of a lab. */
export async function workplaceFor(lab: Lab): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), `cluster-${lab.name}-`));
  const inventories = join(folder, 'inventories');
  await cp(join(repository, 'inventories'), inventories, { recursive: true });
  await mkdir(join(folder, 'node_modules'));
  await symlink(repository, join(folder, 'node_modules', 'tsplay'));
  const shipped = await readFile(join(inventories, 'lab.yaml'), 'utf8');
  const own = shipped
    .replaceAll('10.99.0.', `${lab.subnet}.`)
    .replaceAll(/\bnode(\d)/g, `${lab.name}$1`)
    .replaceAll('/var/tmp/tsplay-lab/labs/lab/', `${lab.folder}/`);
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(inventories, name), text);
    return join(inventories, name);
  };
  return {
    folder,
    inventory: await write('lab.yaml', own),
    changed: (name, edit) => write(name, edit(own)),
    async playbook(name, source) {
      await writeFile(join(folder, name), source);
      return join(folder, name);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export const sharedAddress = (lab: Lab): string => `${lab.subnet}.200`;

/** Names of the hosts that have the shared address. */
export async function holders(lab: Lab): Promise<readonly string[]> {
  const found: string[] = [];
  for (const host of lab.hosts) {
    if (host.pid === undefined) continue;
    const shown = await onHost(lab, host.name, `ip -o addr show to ${sharedAddress(lab)}`);
    if (shown !== '') found.push(host.name);
  }
  return found;
}

/** One request through the shared address: the status, or undefined without an answer in time. */
export async function request(lab: Lab, milliseconds = 1000): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(milliseconds);
    const { status } = await fetch(`http://${sharedAddress(lab)}:8379/health`, { signal });
    return status;
  } catch {
    return undefined;
  }
}

/** When a service was last started, by host: it changes with each start. */
export async function starts(lab: Lab, units: readonly string[]): Promise<readonly string[]> {
  const show = `systemctl show -p Id -p InvocationID -p NRestarts ${units.join(' ')}`;
  return Promise.all(lab.hosts.map(({ name }) => onHost(lab, name, show)));
}

/** Settings of the controller's kernel that no lab host may change. */
export async function controllerSettings(): Promise<Readonly<Record<string, string>>> {
  const paths = [
    '/proc/swaps',
    '/proc/sys/vm/swappiness',
    '/proc/sys/vm/overcommit_memory',
    '/proc/sys/vm/panic_on_oom',
    '/proc/sys/kernel/panic',
    '/proc/sys/kernel/hostname',
    '/proc/sys/fs/inotify/max_user_watches',
    '/proc/sys/fs/nr_open',
    '/proc/sys/net/ipv4/ip_nonlocal_bind',
    '/etc/hosts',
    '/etc/hostname',
  ];
  const read = async (path: string) =>
    [path, await readFile(path, 'utf8').catch(() => 'absent')] as const;
  return Object.fromEntries(await Promise.all(paths.map(read)));
}
