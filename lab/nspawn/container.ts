/** A running container: how it is found, started and ended. */
import { spawn } from 'node:child_process';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlayError } from '../../engine/errors.ts';
import { programPath } from '../program.ts';
import { groupMembers } from './cgroup.ts';

export interface Start {
  readonly root: string;
  readonly machine: string;
  readonly bridge: string;
  /** Path inside → folder outside. */
  readonly volumes: ReadonlyMap<string, string>;
  /** Files that take the process into its control groups. */
  readonly entrances: readonly string[];
  /** File that gets what the console says. */
  readonly console: string;
}

/** SIGRTMIN+4 tells systemd to shut down; Node knows real-time signals by number only. */
const shutdownSignal = 38;

/** Milliseconds within which nspawn has started a host's init. */
const startPatience = 20_000;

/** The command line of systemd-nspawn. */
export function startCommand(start: Start): string[] {
  return [
    'systemd-nspawn',
    '--register=no',
    '--keep-unit',
    '--quiet',
    '-D',
    start.root,
    `--machine=${start.machine}`,
    `--network-bridge=${start.bridge}`,
    '--capability=all',
    '--resolv-conf=off',
    '--bind=/dev/kmsg',
    ...[...start.volumes].map(([inside, outside]) => `--bind=${outside}:${inside}`),
    '--boot',
  ];
}

/** Starts a container that outlives this process, and waits for its init. */
export async function startContainer(start: Start): Promise<void> {
  const log = await open(start.console, 'w', 0o600);
  // A process enters its groups by itself, before it becomes nspawn and has children.
  const enter =
    'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ > "$1" || exit 1; shift; n=$((n-1)); done; exec "$@"';
  const argv = ['-c', enter, 'enter', String(start.entrances.length), ...start.entrances];
  const child = spawn('/bin/sh', [...argv, ...startCommand(start)], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
    env: { PATH: programPath(), SYSTEMD_SECCOMP: '0' },
  });
  await log.close();
  let ended: string | undefined;
  child.on('error', (error) => (ended = error.message));
  child.on('exit', (code, signal) => (ended = signal ?? `exit code ${code}`));
  child.unref();
  for (const deadline = Date.now() + startPatience; Date.now() < deadline; await sleep(50)) {
    if (ended === undefined && (await findLeader(start.root)) !== undefined) return;
    if (ended !== undefined) break;
  }
  const said = (await readFile(start.console, 'utf8').catch(() => '')).trim().slice(-2000);
  throw new PlayError(`${start.machine} did not start (${ended ?? 'too slow'}): ${said}`, {
    hint: `its console is in ${start.console}`,
  });
}

/** Process id of the init of the container on a root folder, as the controller sees it. */
export async function findLeader(root: string): Promise<number | undefined> {
  for (const supervisor of await findSupervisors(root)) {
    for (const child of await childrenOf(supervisor)) {
      const status = await readFile(`/proc/${child}/status`, 'utf8').catch(() => '');
      // Init has the id 1 in the innermost of its namespaces.
      if (/^NSpid:.*\s1$/m.test(status)) return child;
    }
  }
  return undefined;
}

/** Asks init to shut down; ends the container by force when patience (milliseconds) is over. */
export async function stopContainer(
  root: string,
  machine: string,
  patience: number,
): Promise<void> {
  const leader = await findLeader(root);
  if (leader !== undefined) {
    signal(leader, shutdownSignal);
    const deadline = Date.now() + patience;
    while (Date.now() < deadline && (await findSupervisors(root)).length > 0) await sleep(50);
  }
  await endContainer(root, machine);
}

/** Ends a container at once, with everything that belongs to it. */
export async function endContainer(root: string, machine: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const leader = await findLeader(root);
    // The leader first: its death takes the whole namespace along, as a power loss does.
    if (leader !== undefined) signal(leader, 9);
    else for (const pid of await findSupervisors(root)) signal(pid, 9);
    const left = await groupMembers(machine);
    if (leader === undefined) for (const pid of left) signal(pid, 9);
    if (left.length === 0 && (await findSupervisors(root)).length === 0) return;
    if (tries > 200) {
      throw new PlayError(`${machine} cannot be ended: processes ${left.join(' ')} stay`);
    }
    await sleep(50);
  }
}

/** Processes of nspawn itself that hold a root folder. */
async function findSupervisors(root: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const argv = line.split('\0');
      const isNspawn = argv[0]?.endsWith('systemd-nspawn') && argv[argv.indexOf('-D') + 1] === root;
      return isNspawn ? Number(pid) : undefined;
    }),
  );
  return found.filter((pid) => pid !== undefined);
}

async function childrenOf(pid: number): Promise<number[]> {
  const file = join('/proc', String(pid), 'task', String(pid), 'children');
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

function signal(pid: number, number: number): void {
  try {
    process.kill(pid, number);
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
