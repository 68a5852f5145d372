/** Writes `results.md` and its plots from what was measured. */
import { cpus, release, totalmem } from 'node:os';
import type { Counted } from './counters.ts';
import type { EngineName } from './engines.ts';
import type { Share } from './first-run.ts';
import type { LoopTime } from './loop.ts';
import { withSections, type Section } from './parts/index.ts';
import { plotSvg, type Plot } from './plot.ts';
import { engineNames, phases, type Measured, type Phase, type PhaseTable } from './scenarios.ts';
import type { UnchangedRun } from './scenarios.ts';
import { table } from './table.ts';
import type { ManyHosts } from './thousand.ts';

export interface Sized {
  /** Tasks, or milliseconds of a round trip. */
  readonly size: number;
  readonly runs: readonly UnchangedRun[];
}

export interface Results {
  readonly quick: boolean;
  readonly hosts: number;
  readonly tasks: number;
  readonly versions: readonly string[];
  readonly phases: PhaseTable;
  readonly firstRun: readonly Share[];
  readonly counted: Counted;
  readonly loop: LoopTime;
  readonly byTasks: readonly Sized[];
  readonly byRoundTrip: readonly Sized[];
  readonly many: readonly ManyHosts[];
  /** Of the parts that can be run alone. */
  readonly sections: readonly Section[];
}

export interface Written {
  readonly markdown: string;
  readonly tasksPlot: string;
  readonly roundTripPlot: string;
}

const seconds = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(2);

/** @param results of one run of the bench */
export function writeResults(results: Results): Written {
  const { quick, hosts, tasks } = results;
  const sections = [
    '# Results of the bench',
    `Written by \`npm run bench\`${quick ? ' with `--quick`: small, once, only to see that it works' : ''}.`,
    machineText(results),
    `## ${tasks} tasks on ${hosts} hosts, no delay`,
    'Seconds of the whole command, in the middle of all runs. All engines left the same state on the hosts; packages are in the base tree, so that nobody installs any.',
    phaseTable(results.phases),
    goalTable(results),
    ...firstRunSection(results.firstRun),
    `## Unchanged, by number of tasks, one host, no delay`,
    sizedTable('tasks', results.byTasks),
    '![time against number of tasks](tasks.svg)',
    '## 31 tasks unchanged, one host, by round-trip time',
    'Bytes are those of the whole connection, the handshake of ssh included.',
    sizedTable('round trip in ms', results.byRoundTrip),
    bytesTable(results.byRoundTrip),
    '![time against round-trip time](round-trip.svg)',
    '## Many hosts',
    'Inventory hosts that share the addresses of the lab, 20 tasks unchanged. Memory is that of the controller and its ssh clients at the peak; the hosts are on the same machine and take their part of its processors.',
    manyTable(results.many),
  ];
  return {
    markdown: withSections(sections.join('\n\n'), results.sections),
    tasksPlot: plotOf('Unchanged run, one host, no delay', 'tasks', results.byTasks),
    roundTripPlot: plotOf(
      '31 unchanged tasks, one host',
      'round-trip time in ms',
      results.byRoundTrip,
    ),
  };
}

function machineText({ versions, phases: measured }: Results): string {
  const loads = [...measured.values()].flatMap((of) => Array.from(of.values(), (one) => one.load));
  const low = Math.min(...loads).toFixed(1);
  const high = Math.max(...loads).toFixed(1);
  const [first] = cpus();
  return [
    `- Machine: ${cpus().length} × ${first?.model.trim() ?? 'processor'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}; controller and hosts share it`,
    `- One-minute load when runs began: ${low} to ${high} (what the bench itself causes included)`,
    `- Node ${process.versions.node}, ${versions.join(', ')}`,
  ].join('\n');
}

const of = (all: PhaseTable, name: EngineName, phase: Phase): Measured | undefined =>
  all.get(name)?.get(phase);

function phaseTable(all: PhaseTable): string {
  const floor = of(all, 'floor', 'unchanged');
  const cell = (one: Measured | undefined): string =>
    one === undefined ? '–' : `${seconds(one.wall)} (${one.runs})`;
  return table([
    ['engine', ...phases, 'unchanged against the floor', 'processor time, unchanged'],
    ...engineNames.map((name) => {
      const unchanged = of(all, name, 'unchanged');
      const ratio = unchanged && floor ? `${(unchanged.wall / floor.wall).toFixed(2)} ×` : '–';
      const cells = phases.map((phase) => cell(of(all, name, phase)));
      return [name, ...cells, ratio, seconds(unchanged?.cpu)];
    }),
  ]);
}

function goalTable(results: Results): string {
  const { phases: all, counted, loop, byRoundTrip, many } = results;
  const wall = (name: EngineName, phase: Phase): number => of(all, name, phase)?.wall ?? Number.NaN;
  const times = (name: EngineName, phase: Phase): string =>
    `${(wall(name, phase) / wall('tsplay', phase)).toFixed(0)} ×`;
  const far = byRoundTrip.at(-1)?.runs.find(({ engine }) => engine === 'tsplay');
  const most = many.at(-1);
  return table([
    ['goal', 'wanted', 'found'],
    [
      'unchanged against the floor',
      '≤ 1.5 ×',
      `${(wall('tsplay', 'unchanged') / wall('floor', 'unchanged')).toFixed(2)} ×`,
    ],
    ['unchanged, faster than Ansible', '≥ 50 ×', times('ansible', 'unchanged')],
    ['unchanged, faster than Mitogen', '≥ 20 ×', times('mitogen', 'unchanged')],
    ['first run, faster than Ansible', '≥ 20 ×', times('ansible', 'first')],
    ['round trips of an unchanged run, each host', '≤ 3', String(counted.roundTrips)],
    [
      'bytes sent for 31 unchanged tasks, with those of ssh',
      '≤ 16 KB',
      `${((far?.up ?? Number.NaN) / 1000).toFixed(1)} KB`,
    ],
    ['100 commands on loopback', '≤ 0.5 s', `${loop.commands.toFixed(2)} s`],
    ['controller, each task and host', '≤ 1 ms', `${counted.cpuPerTask.toFixed(2)} ms`],
    [
      `${most?.hosts ?? 0} hosts, memory`,
      '≤ 1024 MiB',
      `${((most?.memory ?? 0) / 2 ** 20).toFixed(0)} MiB`,
    ],
  ]);
}

/** What the longest phase consists of. */
export function firstRunSection(shares: readonly Share[]): readonly string[] {
  return [
    '## Where the time of a first run goes',
    'Wall time of one first run of tsplay on all hosts, by module. A started service is watched for two seconds before it counts as started, all hosts at once: that is most of `systemd`, no other engine does it, and `settle: { stable: 0 }` does without.',
    'Tried: writing small files by the shell itself, steps without a session of processes of their own, and one `systemctl` for each second of the watch, which together took six percent away. Not done: going on while a service is watched, because a failure would be told after steps that rely on it.',
    table([
      ['what', 'steps', 'seconds'],
      ...shares.map(({ what, steps, seconds: took }) => [what, String(steps), seconds(took)]),
    ]),
  ];
}

function sizedTable(what: string, all: readonly Sized[]): string {
  return table([
    [what, ...engineNames],
    ...all.map(({ size, runs }) => [
      String(size),
      ...engineNames.map((name) =>
        seconds(runs.find(({ engine }) => engine === name)?.measured.wall),
      ),
    ]),
  ]);
}

function bytesTable(all: readonly Sized[]): string {
  const last = all.at(-1)?.runs ?? [];
  return table([
    ['engine', 'bytes sent', 'bytes received'],
    ...last.map(({ engine, up, down }) => [engine, String(up), String(down)]),
  ]);
}

function manyTable(many: readonly ManyHosts[]): string {
  return table([
    ['hosts', 'seconds', 'ms a host', 'processor ms a host', 'memory', 'processes', 'load before'],
    ...many.map(({ hosts, wall, cpu, memory, processes, load }) => [
      String(hosts),
      wall.toFixed(1),
      ((1000 * wall) / hosts).toFixed(0),
      ((1000 * cpu) / hosts).toFixed(0),
      `${(memory / 2 ** 20).toFixed(0)} MiB`,
      String(processes),
      load.toFixed(1),
    ]),
  ]);
}

function plotOf(title: string, x: string, all: readonly Sized[]): string {
  const plot: Plot = {
    title,
    x,
    y: 'seconds',
    lines: engineNames.map((name) => ({
      name,
      points: all.flatMap(({ size, runs }) => {
        const found = runs.find(({ engine }) => engine === name);
        return found ? [[size, found.measured.wall] as const] : [];
      }),
    })),
  };
  return plotSvg(plot);
}
