/** Runs playbooks in this process against fake hosts: real shells behind links that tests break. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, vi } from 'vitest';
import { playbook } from '../../engine/dsl/declare.ts';
import type { Play } from '../../engine/dsl/play.ts';
import { readInventory } from '../../engine/inventory/read.ts';
import { variableValidator } from '../../engine/inventory/variables/validator.ts';
import { collectPlaybook } from '../../engine/plan/collect.ts';
import { replanPlay } from '../../engine/plan/replan.ts';
import { selectSteps } from '../../engine/plan/select.ts';
import type { Event, HostCounters, HostRecap, Outcome } from '../../engine/report/events.ts';
import { Controllers } from '../../engine/controller/local-files.ts';
import type { RunOptions } from '../../engine/run/environment.ts';
import type { OpenHost } from '../../engine/run/hosts/link.ts';
import { runPlays } from '../../engine/run/run.ts';
import { connectHost } from '../../engine/shell/session/host-connection.ts';
import { asMachine } from './as-machine.ts';
import { fakeLink, type FakeLink } from '../../engine/transport/fake.ts';

// Real shells on a machine that others use too.
vi.setConfig({ testTimeout: 60_000 });

type StepEnd = Extract<Event, { event: 'step-end' }>;

export interface Ran {
  readonly exitCode: number;
  readonly events: readonly Event[];
  readonly ends: readonly StepEnd[];
  /** `host name: outcome` of every step, in the order in which they ended. */
  readonly lines: readonly string[];
  outcome(host: string, name: string): Outcome | undefined;
  end(host: string, name: string): StepEnd;
  trips: (host: string) => number;
  /** What the host's connections cost. */
  counters: (host: string) => HostCounters;
  /** What the run's end says of a host. */
  recap(host: string): HostRecap | undefined;
}

export interface Fleet {
  /** A folder of the test's own, removed at the end. */
  readonly folder: string;
  path(...parts: string[]): string;
  read(...parts: string[]): Promise<string>;
  link(host: string, link: FakeLink): FakeLink;
  run(plays: Play | readonly Play[], options?: FleetRun): Promise<Ran>;
}

export interface FleetRun extends Partial<RunOptions> {
  readonly limit?: string;
  readonly tags?: readonly string[];
  readonly startAtTask?: string;
  readonly exitCodeOfPending?: boolean;
  /** What the inventory is called where pending handlers are kept. */
  readonly inventory?: string;
  /** Opens a host; default: a connection for this run. */
  readonly open?: OpenHost;
  /** Told of each event as it happens. */
  readonly listen?: (event: Event) => void;
}

export interface FleetOptions {
  readonly oneMachine?: boolean;
  readonly below?: string;
  readonly variables?: {
    readonly all: Readonly<Record<string, unknown>>;
    readonly of: (host: string) => Readonly<Record<string, unknown>>;
  };
}

let fleets = 0;
const folders: string[] = [];
// Of the file: within a test nothing can be registered for its end any more.
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/**
 * Makes fake hosts; they are one machine, so tests give each a folder of its own.
 * @param hosts names, all in the group `web`
 * @param oneMachine they are names of one machine, and that can be seen
 * @param below where the folder is made
 * @param variables how real hosts are reached that have these names; default: they are fake
 */
export async function fleet(
  hosts: readonly string[] = ['a', 'b', 'c'],
  { oneMachine = false, below = tmpdir(), variables }: FleetOptions = {},
): Promise<Fleet> {
  fleets += 1;
  const prefix = `fleet${process.pid}x${fleets}-`;
  const folder = await mkdtemp(join(below, 'tsplay-run-'));
  folders.push(folder);
  const all = JSON.stringify(variables?.all ?? { transport: 'fake' });
  const hostOf = (name: string): string =>
    JSON.stringify(variables?.of(name) ?? { host: `${prefix}${name}` });
  const lines = hosts.map((name) => `    ${name}: ${hostOf(name)}`);
  const yaml = ['all:', `  vars: ${all}`, 'web:', '  hosts:', ...lines, ''].join('\n');
  await writeFile(join(folder, 'hosts.yaml'), yaml);
  const inventory = await readInventory({ files: [join(folder, 'hosts.yaml')] });
  let runs = 0;
  return {
    folder,
    path: (...parts) => join(folder, ...parts),
    read: (...parts) => readFile(join(folder, ...parts), 'utf8'),
    link: (host, link) => fakeLink(`${prefix}${host}`, link),
    async run(plays, settings = {}) {
      const {
        limit,
        tags = [],
        startAtTask,
        exitCodeOfPending = false,
        open,
        listen,
        inventory: named = 'hosts.yaml',
        ...options
      } = settings;
      runs += 1;
      const limited = limit === undefined ? undefined : inventory.match(limit).map((h) => h.name);
      const book = playbook(Array.isArray(plays) ? plays : [plays as Play]);
      const collected = collectPlaybook(book, inventory, {
        variables: variableValidator(inventory),
        limit: limited && new Set(limited),
      });
      const plans = selectSteps(collected, { tags, skipTags: [], startAtTask });
      const events: Event[] = [];
      const full = { ...defaultOptions(`${prefix}${runs}`), ...options };
      const controllers = new Controllers(
        { check: full.check, diff: full.diff },
        { remember: full.lookahead },
      );
      const exitCode = await runPlays({
        playbook: 'test.ts',
        version: 'test',
        plans,
        inventory,
        exitCode: exitCodeOfPending,
        pending: { folder: join(folder, '.play'), inventory: named },
        knowledgeFolder: join(folder, 'packages'),
        open(connection, name) {
          const host =
            open?.(connection, name) ??
            connectHost(connection, { runId: full.runId, name, signal: full.hard });
          return variables ? host : asMachine(oneMachine ? prefix : `${prefix}${name}`, host);
        },
        controllers,
        replan: async (plan, extended, facts) =>
          replanPlay({
            facts,
            plan,
            inventory: extended,
            variables: variableValidator(extended),
            limit: limited && new Set(limited),
            files: new Set(inventory.hosts.map(({ name }) => name)),
            selection: { tags, skipTags: [] },
          }),
        listen(event) {
          events.push(event);
          listen?.(event);
        },
        options: full,
      });
      return ranOf(exitCode, events);
    },
  };
}

function defaultOptions(runId: string): RunOptions {
  return {
    runId,
    check: false,
    diff: false,
    forks: 10,
    forceHandlers: false,
    lookahead: true,
    forgetPending: false,
    liveOutput: false,
    soft: new AbortController().signal,
    hard: new AbortController().signal,
  };
}

function ranOf(exitCode: number, events: readonly Event[]): Ran {
  const ends = events.filter((event) => event.event === 'step-end');
  const find = (host: string, name: string): StepEnd | undefined =>
    ends.findLast((end) => end.step.host === host && end.step.name === name);
  const counters = (host: string): HostCounters => {
    const last = events.at(-1);
    const found = last?.event === 'run-end' ? last.recap[host]?.counters : undefined;
    if (!found) throw new Error(`the run has not counted ${host}`);
    return found;
  };
  return {
    exitCode,
    events,
    ends,
    lines: ends.map((end) => `${end.step.host} ${end.step.name}: ${end.outcome}`),
    outcome: (host, name) => find(host, name)?.outcome,
    end(host, name) {
      const end = find(host, name);
      if (!end) throw new Error(`${host} has no '${name}'`);
      return end;
    },
    recap(host) {
      const last = events.at(-1);
      return last?.event === 'run-end' ? last.recap[host] : undefined;
    },
    trips: (host) => counters(host).roundTrips,
    counters,
  };
}
