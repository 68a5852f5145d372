/** What systemd-nspawn hosts need of the controller. */
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { PlayError } from '../../engine/errors.ts';
import type { Say } from '../driver.ts';
import { attempt, demand, programPath } from '../program.ts';

/** Program → Debian package that brings it. */
const programs: Readonly<Record<string, string>> = {
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
    const named = found.absent.map((program) => `${program} (package ${programs[program]})`);
    list.push(`these programs are missing: ${named.join(', ')}`);
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
  if (found.absent.length > 0) await install(found.absent, say);
}

async function look(): Promise<Findings> {
  const absent: string[] = [];
  for (const program of Object.keys(programs)) {
    if (!(await isInPath(program))) absent.push(program);
  }
  return {
    platform: process.platform,
    user: process.getuid?.(),
    absent,
    hasApt: await isInPath('apt-get'),
    hasOverlay: await hasOverlay(),
  };
}

async function install(absent: readonly string[], say: Say): Promise<void> {
  const packages = [...new Set(absent.map((program) => programs[program] ?? program))].toSorted();
  say(`installing ${packages.join(' ')} on this machine`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const argv = ['apt-get', 'install', '-yq', '--no-install-recommends', ...packages];
  if ((await attempt(argv, { environment })).code === 0) return;
  // The usual reason is an old list of packages.
  await demand(['apt-get', 'update', '-q'], { environment });
  await demand(argv, { environment });
}

async function isInPath(program: string): Promise<boolean> {
  for (const folder of programPath().split(delimiter)) {
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

async function hasOverlay(): Promise<boolean> {
  if (await listsOverlay()) return true;
  await attempt(['modprobe', 'overlay']).catch(() => undefined);
  return listsOverlay();
}

async function listsOverlay(): Promise<boolean> {
  return /\boverlay$/m.test(await readFile('/proc/filesystems', 'utf8').catch(() => ''));
}
