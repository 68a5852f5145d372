import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, test } from 'vitest';
import { inventory, nearHost, type NearHost } from './hosts/near-host.ts';
import { amiss, litter, replacingProject, torn, type Version } from './replacing.ts';
import { seeded } from './seeded.ts';
import { Project, type Running } from './project.ts';
import { report } from './trial.ts';

/** Work at once: runs mostly wait for logins. */
const lanes = 3;

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Lane {
  readonly sshd: NearHost;
  readonly dest: string;
  readonly project: Project;
}

async function lane(): Promise<Lane> {
  const sshd = await nearHost();
  const dest = mkdtempSync(`${tmpdir()}/tsplay-kills-`);
  const project = replacingProject(inventory(sshd.line('h')), dest);
  ends.push(
    () => sshd.stop(),
    () => rm(dest, { recursive: true }),
    () => project.remove(),
  );
  const first = await project.play([], { env: { VERSION: 'one' } });
  expect([first.code, first.stderr]).toEqual([0, '']);
  return { sshd, dest, project };
}

/** Kills something at a seeded moment of each run, and looks what the next one makes of it. */
async function kills(
  seed: number,
  count: number,
  kill: (lane: Lane, running: Running) => void,
): Promise<{ readonly held: number; readonly missed: readonly string[] }> {
  const missed: string[] = [];
  let left = count;
  const work = async (index: number): Promise<void> => {
    const chance = seeded(seed + index);
    const at = await lane();
    let version: Version = 'one';
    while (left > 0) {
      left -= 1;
      version = version === 'one' ? 'two' : 'one';
      missed.push(...(await oneKill(at, version, chance, kill)));
    }
    // What lies in a folder that nobody works in any more goes with the next work there.
    await at.project.play([], { env: { VERSION: version === 'one' ? 'two' : 'one' } });
    missed.push(...litter(at.dest).map((path) => `${path} is left`));
  };
  await Promise.all(Array.from({ length: lanes }, (_, index) => work(index)));
  return { held: count - missed.length, missed };
}

async function oneKill(
  at: Lane,
  version: Version,
  chance: (below: number) => number,
  kill: (lane: Lane, running: Running) => void,
): Promise<readonly string[]> {
  const env = { VERSION: version };
  const running = at.project.start(['--output', 'json'], { env });
  // Each of five steps and five handlers tells two events; more ends the run unharmed.
  const [event, pause] = [1 + chance(20), chance(60)];
  let seen = 0;
  let [killed, said] = [false, ''];
  running.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    seen = said.split('"event":"step-').length - 1;
    if (killed || seen < event) return;
    killed = true;
    setTimeout(() => kill(at, running), pause);
  });
  const first = await running.ended;
  const broken = torn(at.dest);
  const next = await at.project.play([], { env });
  const wrong = [
    ...broken.map((path) => `${path} is torn`),
    ...(killed ? [] : ['nothing was killed']),
    ...(next.code === 0 ? [] : [`the next run ended with ${next.code}`]),
    ...amiss(at.dest, version),
    ...foldersLeft(at),
  ];
  if (wrong.length === 0) return [];
  const where = `killed ${pause} ms behind event ${event} (${seen})`;
  return [
    `${where}: ${wrong.join(', ')}\n${first.stdout}${first.stderr}${next.stdout}${next.stderr}`,
  ];
}

/** Session folders of this project's runs. */
function foldersLeft({ project, sshd }: Lane): readonly string[] {
  const runs = readdirSync(project.path('.play', 'runs')).map((name) => name.replace('.jsonl', ''));
  return [`${sshd.root()}/dev/shm`, '/tmp'].flatMap((base) =>
    readdirSync(base).filter((name) => runs.some((run) => name.startsWith(`.tsplay-${run}`))),
  );
}

/** Shells below the sshd: the session's own, or with what they started. */
function killShells({ sshd }: Lane, all: boolean): void {
  const parents = new Map<number, { readonly parent: number; readonly name: string }>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const [, name = '', parent] = /\((.*)\) . (\d+)/.exec(stat) ?? [];
      parents.set(Number(entry), { parent: Number(parent), name });
    } catch {
      // It has just ended.
    }
  }
  const depthOf = (pid: number): number => {
    let [depth, at] = [0, pid];
    while (at > 1 && at !== sshd.pid) [depth, at] = [depth + 1, parents.get(at)?.parent ?? 0];
    return at === sshd.pid ? depth : 0;
  };
  for (const [pid, { name }] of parents) {
    const depth = depthOf(pid);
    if (depth === 0 || name.startsWith('sshd')) continue;
    // Its sshd, the one of the connection, the session's shell.
    const above = parents.get(parents.get(pid)?.parent ?? 0);
    if (!all && (depth !== 3 || above?.name.startsWith('sshd') !== true)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
}

const promise =
  'no file is torn, the next run makes all as it should be and serves all handlers, and nothing is left behind, not even the session folder';

describe('five kinds of things are replaced, each with a handler', () => {
  test('the controller is killed', async (context) => {
    const tried = 36;
    const { held, missed } = await kills(100, tried, (_, { child }) => void child.kill('SIGKILL'));
    report(context, {
      fault:
        'the controller is killed (`kill -9`) while a small file, one of 5 MB, a line, a mirror and an archive are replaced',
      promise,
      tried,
      held,
      missed,
    });
  }, 300_000);

  test('the shells on the host are killed', async (context) => {
    const tried = 24;
    let turn = 0;
    const { held, missed } = await kills(200, tried, (lane) =>
      killShells(lane, (turn += 1) % 2 > 0),
    );
    report(context, {
      fault:
        "the session's shell on the host is killed meanwhile, alone or with all that it started",
      promise,
      tried,
      held,
      missed,
    });
  }, 300_000);
});

describe('a file of 200 MB', () => {
  const size = 200 * 1024 * 1024;
  /** Kilobytes that a controller may have used at most; it needs about half of it for any run. */
  const memory = 250_000;

  /** Replaces it, kills while much of the new one has arrived, and lets the next run do it. */
  async function oneHugeKill(
    at: Lane & { readonly source: string },
    version: Version,
    kill: (lane: Lane, running: Running) => void,
  ): Promise<readonly string[]> {
    const { dest, project, source } = at;
    const isWhole = (as: Version): boolean =>
      spawnSync('cmp', ['-s', `${dest}/huge`, `${source}/${as}`]).status === 0;
    const arrived = (): boolean =>
      readdirSync(dest).some(
        (name) => name.startsWith('.play-') && statSync(`${dest}/${name}`).size > size / 5,
      );
    const env = { VERSION: version };
    const running = project.start([], { env });
    while (running.child.exitCode === null && !arrived())
      await new Promise((resolve) => setTimeout(resolve, 20));
    const inTime = running.child.exitCode === null;
    kill(at, running);
    await running.ended;
    const torn = !isWhole('one') && !isWhole('two');
    const next = project.start([], { env });
    let used = 0;
    const look = setInterval(() => (used = Math.max(used, peakOf(next.child.pid))), 50);
    const { code, stdout, stderr } = await next.ended;
    clearInterval(look);
    return [
      ...(inTime ? [] : ['nothing was killed']),
      ...(torn ? ['it is torn'] : []),
      ...(code === 0 && isWhole(version) ? [] : [`${code}: ${stdout}${stderr}`]),
      ...(used < memory ? [] : [`${used} kB of memory`]),
      ...litter(dest),
    ];
  }

  test('is replaced while controller and shells are killed', async (context) => {
    // In memory: no disk has to write what is thrown away.
    const sshd = await nearHost({
      inside: 'mount -t tmpfs -o mode=0755 tmpfs /srv',
      base: '/var/tmp',
    });
    const dest = `${sshd.root()}/srv`;
    const source = mkdtempSync('/dev/shm/tsplay-huge-');
    const project = new Project({
      'hosts.yaml': inventory(sshd.line('h')),
      'site.ts': `import { copy, play, playbook } from 'tsplay';
export default playbook([play({ name: 'huge', hosts: 'all', *tasks() {
  yield copy('huge', { src: ${JSON.stringify(`${source}/`)} + process.env['VERSION'], dest: '/srv/huge' });
} })]);
`,
    });
    ends.push(
      () => sshd.stop(),
      () => rm(source, { recursive: true }),
      () => project.remove(),
    );
    for (const version of ['one', 'two'])
      writeFileSync(`${source}/${version}`, Buffer.alloc(size, `${version} of it\n`));
    copyFileSync(`${source}/one`, `${dest}/huge`);
    const lane = { sshd, dest, project, source };
    const missed = [
      await oneHugeKill(lane, 'two', (_, { child }) => void child.kill('SIGKILL')),
      await oneHugeKill(lane, 'one', (at) => killShells(at, true)),
    ].filter((wrong) => wrong.length > 0);
    report(context, {
      fault:
        'the controller, and then all that runs on the host, is killed (`kill -9`) while a file of 200 MB is replaced',
      promise: `it is not torn, the next run makes it as it should be, with less than ${memory / 1000} MB of memory, and nothing is left behind`,
      tried: 2,
      held: 2 - missed.length,
      missed: missed.map(String),
    });
  }, 180_000);
});

/** The most memory that a process had, in kilobytes. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
