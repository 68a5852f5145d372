/** A playbook in three parts, as an array of Slurm; one task is killed and made up for. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { down, type Lab } from '../../../lab/index.ts';
import { eventually } from '../kubernetes/lab.ts';
import { labFor, onHost } from '../lab.ts';
import { playText } from '../run-play.ts';
import { imageTree, run } from './image.ts';
import { expectDone, hasBegun, hostsOf, letGo, parts, projectFor } from './project.ts';
import { shared, slurmBook } from './slurm.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const name = 'slurm';
const long = 600_000;
let lab: Lab;
let folder: string;
/** The hosts of Slurm; the others are only worked on. */
let nodes: readonly string[];

beforeAll(async () => {
  lab = await labFor(name, 12);
  nodes = lab.hosts.slice(0, parts).map((host) => host.name);
  folder = await mkdtemp(join(tmpdir(), 'tsplay-slurm-'));
}, long);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await down({ name });
});

const play = (...argv: string[]) => playText(argv, { cwd: folder });

test(
  'three tasks of an array do the parts of one run; the one that was killed is run again alone',
  async () => {
    await prepare();
    const job = ['shard', 'slurm', '--parts', `${parts}`, '--program', program];
    const words = ['--', 'site.ts', '-i', 'hosts.yaml', '--wait-lock', '60'];
    expect((await play(...job, ...words)).exitCode).toBe(0);
    await submit('site.sbatch');
    await eventually(240, () => hasBegun(lab, 2), Boolean);
    await Promise.all(nodes.map((host) => onHost(lab, host, killTask(2))));
    await letGo(lab);
    await idle();
    const cut = await play('report', '--merge', ...(await reports()));
    expect([cut.exitCode, cut.stdout]).toEqual([
      1,
      expect.stringContaining('part 2/3 was cut short; run it again: --shard 2/3'),
    ]);
    expect(cut.stdout).toContain(`pending on ${hostsOf(lab, 2)[0]}: base/restart`);

    expect((await play(...job, '--only', '2', ...words)).exitCode).toBe(0);
    await submit('site-2.sbatch');
    await idle();
    const owed = await play(
      'report',
      '--merge',
      ...(await reports()),
      '--keep',
      '--retry',
      'retry',
    );
    // Each node has a folder of its own here: where .play is shared, the second run takes them over.
    expect([0, 2]).toContain(owed.exitCode);
    if (owed.exitCode === 2) {
      const last = await play('site.ts', '-i', 'hosts.yaml', '--limit', '@retry');
      expect(last.exitCode, last.stdout + last.stderr).toBe(0);
    }
    await expectDone(lab);
  },
  long,
);

const tree = `${shared}/usr/local`;
const program = `env LD_LIBRARY_PATH= ${tree}/bin/node ${tree}/lib/node_modules/tsplay/bin/play.js`;

async function prepare(): Promise<void> {
  const own = { privateKeyFile: lab.keyFile, knownHostsFile: lab.knownHostsFile };
  const there = { privateKeyFile: `${shared}/key`, knownHostsFile: `${shared}/known_hosts` };
  const at = join(folder, 'tree');
  imageTree(at, {});
  for (const [path, text] of Object.entries(projectFor(lab, there)))
    await writeFile(join(at, path), text);
  await cp(lab.keyFile, join(at, 'key'));
  await cp(lab.knownHostsFile, join(at, 'known_hosts'));
  const archive = join(folder, 'tree.tar');
  run('tar', ['-C', at, '--owner=0', '--group=0', '-cf', archive, '.']);
  for (const [path, text] of Object.entries(projectFor(lab, own)))
    await writeFile(join(folder, path), text);
  await mkdir(join(folder, 'node_modules'));
  await symlink(repository, join(folder, 'node_modules', 'tsplay'));
  await writeFile(join(folder, 'slurm.ts'), slurmBook(lab, nodes, archive));
  const made = await play('slurm.ts', '-i', 'hosts.yaml');
  expect(made.exitCode, made.stdout + made.stderr).toBe(0);
  const ready = `sinfo -h -o %T | sort -u`;
  await eventually(
    60,
    () => onHost(lab, leader(), ready),
    (text) => text === 'idle\n',
  );
}

const leader = (): string => nodes[0] ?? '';

/** The file is checked by sbatch itself before it is taken. */
async function submit(file: string): Promise<void> {
  const path = join(folder, 'shards', file);
  const text = run('cat', [path]);
  await onHost(lab, leader(), `cat >${shared}/${file} <<'END'\n${text}END`);
  const checked = await onHost(lab, leader(), `cd ${shared} && sbatch --test-only ${file} 2>&1`);
  expect(checked).toMatch(/Job \d+ to start at/);
  await onHost(lab, leader(), `cd ${shared} && sbatch ${file}`);
}

async function idle(): Promise<void> {
  const queue = (): Promise<string> => onHost(lab, leader(), 'squeue -h');
  await eventually(180, queue, (text) => text === '');
}

/** As a node that is out of memory does it. */
const killTask = (task: number): string => `for file in /proc/[0-9]*/environ; do
  tr '\\0' '\\n' <$file 2>/dev/null | grep -qx SLURM_ARRAY_TASK_ID=${task} || continue
  pid=\${file#/proc/}; pid=\${pid%/environ}
  grep -q slurmstepd /proc/$pid/comm || kill -9 $pid; done; true`;

/** The nodes of the lab share no files: their reports are brought here. */
async function reports(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const host of nodes) {
    const files = await onHost(lab, host, `cd ${shared} && ls | grep jsonl || :`);
    for (const file of files.split('\n').filter(Boolean)) {
      await writeFile(join(folder, file), await onHost(lab, host, `cat ${shared}/${file}`));
      found.push(file);
    }
  }
  return found;
}
