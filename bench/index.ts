/**
 * `npm run bench`: the same work with tsplay, Ansible, Ansible with Mitogen and the floor, on lab
 * hosts. Needs root, as the lab does. Writes results.md, tasks.svg and round-trip.svg beside itself.
 *
 *     npm run bench -- --quick     3 hosts, everything once: into the folder of temporary files
 *     npm run bench -- --peers 1   Ansible and Mitogen, which take most of the time, only once
 *     npm run bench -- start changes     these parts alone, which need neither lab nor peers
 *     npm run bench -- unchanged --program ../other/bin/play.js     another checkout, only told
 */
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UsageError } from '../engine/errors.ts';
import { down } from '../lab/index.ts';
import { countUnchanged } from './counters.ts';
import { measureEdits } from './edits.ts';
import { engines } from './engines.ts';
import { profileFirstRun } from './first-run.ts';
import { benchLab, bringUp, openFleet, reset } from './fleet.ts';
import { measureLoop } from './loop.ts';
import { ownProgram } from './parts/own-play.ts';
import { measureParts, parts, withSections } from './parts/index.ts';
import { peerVersions, requirePeers } from './peers.ts';
import { writeResults, type Sized } from './report.ts';
import { measureSite } from './site.ts';
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

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    peers: { type: 'string' },
    program: { type: 'string' },
  },
  allowPositionals: true,
});
const { quick: isQuick, program } = values;
const sizes = isQuick ? quick : full;
const slow = values.peers === undefined ? sizes.repetitions.slow : Number(values.peers);
if (!Number.isInteger(slow) || slow < 1) throw new UsageError('--peers takes a number from 1');
const folder = isQuick ? tmpdir() : fileURLToPath(new URL('.', import.meta.url));
const results = join(folder, 'results.md');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

await (positionals.length === 0 ? measureAll() : measureChosen(positionals));

/** Those parts alone: the rest of the results stays as it is. */
async function measureChosen(names: readonly string[]): Promise<void> {
  const chosen = names.map((name) => {
    const part = parts.find((each) => each.name === name);
    const all = parts.map((each) => each.name).join(', ');
    if (!part) throw new UsageError(`the bench has no part '${name}'`, { hint: `parts: ${all}` });
    return part;
  });
  const options = { program: resolve(program ?? ownProgram), quick: isQuick, say };
  const sections = await measureParts(chosen, options);
  // Figures of another checkout are only told.
  if (program !== undefined) return;
  const before = await readFile(results, 'utf8').catch(() => '# Results of the bench\n');
  await writeFile(results, withSections(before, sections));
  say(`written to ${results}`);
}

async function measureAll(): Promise<void> {
  if (program !== undefined) throw new UsageError('--program goes with names of parts');
  requirePeers(say);
  const lab = await bringUp(sizes.hosts);
  try {
    const { hosts } = sizes;
    const repetitions: Repetitions = { fast: sizes.repetitions.fast, slow };
    const phases = await measurePhases(lab, { hosts, tasks: 61 }, repetitions, say);
    const few = { hosts: Math.min(3, hosts), tasks: 61 };
    const onFew = await measurePhases(lab, few, { fast: repetitions.fast, slow: 1 }, say);
    const fleet = await openFleet(lab, { hosts, tasks: 61 });
    const edits = await measureEdits(fleet, slow, say);
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
      quick: isQuick,
      hosts,
      tasks: 61,
      versions: peerVersions(),
      phases,
      few: { hosts: few.hosts, phases: onFew },
      firstRun,
      edits,
      site: await measureSite(say),
      counted,
      loop,
      byTasks,
      byRoundTrip,
      many,
      sections: await measureParts(parts, { program: ownProgram, quick: isQuick, say }),
    });
    await writeFile(results, written.markdown);
    await writeFile(join(folder, 'tasks.svg'), written.tasksPlot);
    await writeFile(join(folder, 'round-trip.svg'), written.roundTripPlot);
    say(`written to ${results}`);
  } finally {
    await down({ name: benchLab, say });
  }
}
