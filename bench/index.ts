/**
 * `npm run bench`: the same work with tsplay, Ansible, Ansible with Mitogen and the floor, on lab
 * hosts. Needs root, as the lab does. Writes results.md, tasks.svg and round-trip.svg beside itself.
 *
 *     npm run bench -- --quick     3 hosts, everything once: into the folder of temporary files
 *     npm run bench -- --peers 1   Ansible and Mitogen, which take most of the time, only once
 */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UsageError } from '../engine/errors.ts';
import { down } from '../lab/index.ts';
import { countUnchanged } from './counters.ts';
import { engines } from './engines.ts';
import { profileFirstRun } from './first-run.ts';
import { benchLab, bringUp, openFleet, reset } from './fleet.ts';
import { measureLoop } from './loop.ts';
import { peerVersions, requirePeers } from './peers.ts';
import { writeResults, type Sized } from './report.ts';
import { measurePhases, measureUnchanged, type Repetitions } from './scenarios.ts';
import { measureManyHosts } from './thousand.ts';

interface Sizes {
  readonly hosts: number;
  readonly repetitions: Repetitions;
  readonly tasks: readonly number[];
  readonly roundTrips: readonly number[];
  readonly many: readonly number[];
}

const full: Sizes = {
  hosts: 10,
  repetitions: { fast: 9, slow: 3 },
  tasks: [1, 31, 61, 121],
  roundTrips: [0, 20, 50, 100],
  many: [100, 300, 1000],
};
const quick: Sizes = {
  hosts: 3,
  repetitions: { fast: 1, slow: 1 },
  tasks: [1, 31],
  roundTrips: [0, 100],
  many: [10, 30],
};

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, peers: { type: 'string' } },
});
const sizes = values.quick ? quick : full;
const slow = values.peers === undefined ? sizes.repetitions.slow : Number(values.peers);
if (!Number.isInteger(slow) || slow < 1) throw new UsageError('--peers takes a number from 1');
const folder = values.quick ? tmpdir() : fileURLToPath(new URL('.', import.meta.url));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

requirePeers(say);
const lab = await bringUp(sizes.hosts);
try {
  const { hosts } = sizes;
  const repetitions: Repetitions = { fast: sizes.repetitions.fast, slow };
  const phases = await measurePhases(lab, { hosts, tasks: 61 }, repetitions, say);
  const fleet = await openFleet(lab, { hosts, tasks: 61 });
  await reset(lab, fleet);
  const firstRun = await profileFirstRun((await engines(fleet)).tsplay);
  const counted = await countUnchanged(fleet);
  await fleet.close();
  const loop = await measureLoop(lab, repetitions.fast);
  const byTasks: Sized[] = [];
  for (const size of sizes.tasks) {
    say(`${size} tasks`);
    const runs = await measureUnchanged(lab, { hosts: 1, tasks: size }, repetitions, say);
    byTasks.push({ size, runs });
  }
  const byRoundTrip: Sized[] = [];
  for (const size of sizes.roundTrips) {
    say(`${size} ms`);
    const options = { hosts: 1, tasks: 31, roundTrip: size };
    byRoundTrip.push({ size, runs: await measureUnchanged(lab, options, repetitions, say) });
  }
  const many = await measureManyHosts(lab, sizes.many, say);
  const written = writeResults({
    quick: values.quick ?? false,
    hosts,
    tasks: 61,
    versions: peerVersions(),
    phases,
    firstRun,
    counted,
    loop,
    byTasks,
    byRoundTrip,
    many,
  });
  await writeFile(join(folder, 'results.md'), written.markdown);
  await writeFile(join(folder, 'tasks.svg'), written.tasksPlot);
  await writeFile(join(folder, 'round-trip.svg'), written.roundTripPlot);
  say(`written to ${join(folder, 'results.md')}`);
} finally {
  await down({ name: benchLab, say });
}
