/** Writes `results.md` and its plots from what was measured. */
import { cpus, release, totalmem } from 'node:os';
import type { Counted } from './counters.ts';
import type { EngineName } from './engines.ts';
import type { EditTime } from './edits.ts';
import type { FirstRun } from './first-run.ts';
import type { LoopTime } from './loop.ts';
import { withSections, type Section } from './parts/index.ts';
import { plotSvg, type Plot } from './plot.ts';
import type { SiteRun } from './site.ts';
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
  /** The same work on few hosts. */
  readonly few: { readonly hosts: number; readonly phases: PhaseTable };
  readonly firstRun: FirstRun;
  readonly edits: readonly EditTime[];
  readonly site: SiteRun;
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
    'Over the connection of the run before (`warm`) there is no handshake: the inventory says `connectionPersist: 60` there. Ansible and Mitogen keep theirs for 60 s as well.',
    goalTable(results),
    `## ${tasks} tasks on ${results.few.hosts} hosts, no delay`,
    phaseTable(results.few.phases),
    ...firstRunSection(results.firstRun),
    ...siteSection(results.site),
    '## Edit a template, run, edit it again',
    `One template on ${hosts} hosts; seconds from the edit to the end of the run.`,
    table([
      ['engine', 'seconds'],
      ...results.edits.map(({ engine, seconds: took }) => [engine, seconds(took)]),
    ]),
    `## Unchanged, by number of tasks, one host, no delay`,
    sizedTable('tasks', results.byTasks),
    '![time against number of tasks](tasks.svg)',
    '## 31 tasks unchanged, one host, by round-trip time',
    'Bytes are those of the whole connection, the handshake of ssh included.',
    sizedTable('round trip in ms', results.byRoundTrip),
    bytesTable(results.byRoundTrip),
    'The first run of the same 31 tasks, which all change something, once each:',
    sizedTable('round trip in ms', results.byRoundTrip, ({ first }) => first),
    '![time against round-trip time](round-trip.svg)',
    '## Many hosts',
    'Inventory hosts that share the addresses of the lab, 20 tasks: first all change something, then nothing does. Memory is that of the second run: of the controller and its ssh clients at the peak; the hosts are on the same machine and take their part of its processors.',
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

const ratio = (one: Measured | undefined, other: Measured | undefined, digits = 2): string =>
  one && other ? `${(one.wall / other.wall).toFixed(digits)} ×` : '–';

function phaseTable(all: PhaseTable): string {
  const floor = of(all, 'floor', 'unchanged');
  const cell = (one: Measured | undefined): string =>
    one === undefined ? '–' : `${seconds(one.wall)} (${one.runs})`;
  return table([
    ['engine', ...phases, 'unchanged against the floor', 'processor time, unchanged'],
    ...engineNames.map((name) => {
      const unchanged = of(all, name, 'unchanged');
      const cells = phases.map((phase) => cell(of(all, name, phase)));
      return [name, ...cells, ratio(unchanged, floor), seconds(unchanged?.cpu)];
    }),
  ]);
}

function goalTable(results: Results): string {
  const { phases: all, counted, few, firstRun, loop, byRoundTrip, many } = results;
  const wall = (name: EngineName, phase: Phase): number => of(all, name, phase)?.wall ?? Number.NaN;
  const times = (name: EngineName, phase: Phase): string =>
    `${(wall(name, phase) / wall('tsplay', phase)).toFixed(0)} ×`;
  const far = byRoundTrip.at(-1)?.runs.find(({ engine }) => engine === 'tsplay');
  const farPeer = byRoundTrip.at(-1)?.runs.find(({ engine }) => engine === 'ansible');
  const most = many.at(-1);
  return table([
    ['goal', 'wanted', 'found'],
    [
      'unchanged against the floor',
      '≤ 1.3 ×',
      ratio(of(all, 'tsplay', 'unchanged'), of(all, 'floor', 'unchanged')),
    ],
    ['unchanged, faster than Ansible', '≥ 50 ×', times('ansible', 'unchanged')],
    ['unchanged, faster than Mitogen', '≥ 20 ×', times('mitogen', 'unchanged')],
    ['first run, faster than Ansible', '≥ 25 ×', times('ansible', 'first')],
    [
      `first run on ${few.hosts} hosts, faster than Ansible`,
      '≥ 15 ×',
      ratio(of(few.phases, 'ansible', 'first'), of(few.phases, 'tsplay', 'first'), 0),
    ],
    ['first run, round trips of a host', '≤ 12', String(firstRun.roundTrips)],
    [
      `unchanged on ${few.hosts} hosts, against the floor`,
      '≤ 1.5 ×',
      ratio(of(few.phases, 'tsplay', 'unchanged'), of(few.phases, 'floor', 'unchanged')),
    ],
    [
      'unchanged, warm, against the floor',
      '≤ 1.0 ×',
      ratio(of(all, 'warm', 'unchanged'), of(all, 'floor', 'unchanged')),
    ],
    [
      '31 tasks that all change, one host, 100 ms round-trip time',
      '≤ 3 s',
      `${seconds(far?.first)} s, Ansible ${seconds(farPeer?.first)} s`,
    ],
    ['round trips of an unchanged run, each host', '≤ 3', String(counted.roundTrips)],
    [
      'bytes sent for 31 unchanged tasks, with those of ssh',
      '≤ 16 KB',
      `${((far?.up ?? Number.NaN) / 1000).toFixed(1)} KB`,
    ],
    ['100 commands on loopback', '≤ 0.5 s', `${loop.commands.toFixed(2)} s`],
    ['controller, each task and host', '≤ 1 ms', `${counted.cpuPerTask.toFixed(2)} ms`],
    [
      `${most?.hosts ?? 0} hosts, 20 changes each, against unchanged`,
      '≤ 2 ×',
      `${((most?.first ?? Number.NaN) / (most?.wall ?? 1)).toFixed(1)} ×`,
    ],
    [
      `${most?.hosts ?? 0} hosts, memory`,
      '≤ 1024 MiB',
      `${((most?.memory ?? 0) / 2 ** 20).toFixed(0)} MiB`,
    ],
  ]);
}

/** What the longest phase consists of. */
export function firstRunSection({ shares, roundTrips, processes }: FirstRun): readonly string[] {
  return [
    '## Where the time of a first run goes',
    `Wall time of one first run of tsplay on all hosts, by module: ${roundTrips} round trips and ${processes} processes on the host that needed most. A started service is watched for two seconds before it counts as started, which no other engine does; the steps behind it go on meanwhile as far as they do not need it, and the wait is told where it ends.`,
    table([
      ['what', 'steps', 'seconds'],
      ...shares.map(({ what, steps, seconds: took }) => [what, String(steps), seconds(took)]),
    ]),
  ];
}

/** What was wanted for the time without downloads and programs that start: half of the rest. */
function siteSection({ wall, shares }: SiteRun): readonly string[] {
  const others = shares.reduce((sum, share) => sum + share.others, 0);
  return [
    '## `site.ts` from bare hosts',
    `Three lab hosts, the shipped inventory (etcd, haproxy, keepalived), ${wall.toFixed(1)} s in all. Of these, ${others.toFixed(1)} s are steps that wait for others: packages, services, health checks.`,
    table([
      ['role', 'steps', 'seconds', 'of which waiting for others'],
      ...shares.map(({ role, steps, seconds: took, others: part }) => [
        role,
        String(steps),
        seconds(took),
        seconds(part),
      ]),
    ]),
  ];
}

function sizedTable(
  what: string,
  all: readonly Sized[],
  value: (run: UnchangedRun) => number | undefined = ({ measured: { wall } }) => wall,
): string {
  return table([
    [what, ...engineNames],
    ...all.map(({ size, runs }) => [
      String(size),
      ...engineNames.map((name) => {
        const run = runs.find(({ engine }) => engine === name);
        return seconds(run && value(run));
      }),
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
    [
      'hosts',
      'first, seconds',
      'unchanged, seconds',
      'ms a host',
      'processor ms a host',
      'memory',
      'processes',
      'load before',
    ],
    ...many.map(({ hosts, first, wall, cpu, memory, processes, load }) => [
      String(hosts),
      first.toFixed(1),
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
