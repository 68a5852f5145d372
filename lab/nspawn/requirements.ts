/** What systemd-nspawn hosts need of the controller. */
import { readFile } from 'node:fs/promises';
import { PlayError } from '../../engine/errors.ts';
import type { Say } from '../driver.ts';
import {
  absentOf,
  installPackages,
  isThere,
  packagesOf,
  withPackages,
  type Programs,
} from '../packages.ts';
import { attempt } from '../program.ts';

/** What hosts in containers need of this machine. */
export const nspawnPrograms: Programs = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  ip: 'iproute2',
  tc: 'iproute2',
  iptables: 'iptables',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
};

/** What was found on the controller. */
export interface Findings {
  readonly platform: string;
  /** User id; undefined where the system has none. */
  readonly user: number | undefined;
  /** Programs that are not in the path. */
  readonly absent: readonly string[];
  readonly hasApt: boolean;
  readonly hasOverlay: boolean;
}

/** What a person must change before hosts can run here, one sentence each; empty if nothing. */
export function obstacles(found: Findings): string[] {
  if (found.platform !== 'linux') {
    return [`hosts are containers of a Linux kernel, and this is ${found.platform}`];
  }
  const list: string[] = [];
  if (found.user !== 0) list.push('making containers and their network needs root: use sudo');
  if (!found.hasOverlay) list.push('the kernel has no overlay file system');
  if (found.absent.length > 0 && (!found.hasApt || found.user !== 0)) {
    list.push(`these programs are missing: ${withPackages(found.absent, nspawnPrograms)}`);
  }
  return list;
}

/**
 * Makes sure that hosts can run here; on Debian as root, missing packages are installed.
 * @throws PlayError that lists everything missing.
 */
export async function requireNspawn(say: Say): Promise<void> {
  const found = await look();
  const list = obstacles(found);
  if (list.length > 0) {
    throw new PlayError(`no lab can run on this machine: ${list.join('; ')}`, {
      hint: 'a lab needs Debian Linux and root; the engine itself does not',
    });
  }
  if (found.absent.length === 0) return;
  const packages = packagesOf(found.absent, nspawnPrograms);
  say(`installing ${packages.join(' ')} on this machine`);
  await installPackages(packages);
}

async function look(): Promise<Findings> {
  return {
    platform: process.platform,
    user: process.getuid?.(),
    absent: await absentOf(nspawnPrograms),
    hasApt: await isThere('apt-get'),
    hasOverlay: await hasOverlay(),
  };
}

async function hasOverlay(): Promise<boolean> {
  if (await listsOverlay()) return true;
  await attempt(['modprobe', 'overlay']).catch(() => undefined);
  return listsOverlay();
}

async function listsOverlay(): Promise<boolean> {
  return /\boverlay$/m.test(await readFile('/proc/filesystems', 'utf8').catch(() => ''));
}
