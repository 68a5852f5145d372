/** Runs programs, one after another, over connections that stay open between them. */
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectHost, type HostConnection } from '../../engine/shell/session/host-connection.ts';
import { fleet, type FleetRun, type Ran } from '../run/harness.ts';
import { makeRoots, treeOf } from './fresh-roots.ts';
import { playbookOf, type Program } from './program.ts';

export interface Outcome {
  readonly exitCode: number;
  /** Of each host: its steps in order, with outcome, result and reason of a failure. */
  readonly steps: ReadonlyMap<string, readonly StepOutcome[]>;
  readonly tree: readonly string[];
}

export interface StepOutcome {
  readonly name: string;
  /** Where it stands in the play; a handler stands behind the step before its flush. */
  readonly number: number;
  readonly outcome: string;
  /** It failed, and nothing rescued or ignored that. */
  readonly fatal: boolean;
  /** Result, failure, and which handlers it notified, as text. */
  readonly said: string;
}

export interface Lane {
  run(program: Program, mode?: Pick<FleetRun, 'lookahead' | 'check'>): Promise<Outcome>;
  /** What the program is given. */
  freshTree(program: Program): readonly string[];
  close(): Promise<void>;
}

let lanes = 0;

/** Where a file costs nothing to write, if there is such a place. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** @param onDisk its roots are where a new file may get the number of one that was removed */
export async function openLane({ onDisk = false } = {}): Promise<Lane> {
  const on = await fleet(['a', 'b', 'c'], { below: onDisk ? tmpdir() : memory });
  lanes += 1;
  const own = `lane${process.pid}x${lanes}`;
  const connections = new Map<string, HostConnection>();
  const root = join(on.folder, 'roots');
  const fresh = new Map<string, readonly string[]>();
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    async run(program, mode = {}) {
      if (closed) throw new Error('the lane is closed');
      makeRoots(root, program.hosts);
      rmSync(join(on.folder, '.play'), { recursive: true, force: true });
      const running = on.run(playbookOf(program, root).plays, {
        ...mode,
        limit: program.hosts.join(','),
        open(connection, name) {
          const known = connections.get(name) ?? connectHost(connection, { runId: own, name });
          connections.set(name, known);
          return {
            session: (become) => known.session(become),
            close: async () => undefined,
            get counters() {
              return known.counters;
            },
          };
        },
      });
      last = running.catch(() => undefined);
      return outcomeOf(await running, root);
    },
    freshTree({ hosts }) {
      const known = fresh.get(hosts.join());
      if (known) return known;
      makeRoots(root, hosts);
      const tree = treeOf(root);
      fresh.set(hosts.join(), tree);
      return tree;
    },
    async close() {
      closed = true;
      // A search that ran out of time leaves one behind.
      await last;
      await Promise.all(Array.from(connections.values(), (each) => each.close()));
    },
  };
}

function outcomeOf(ran: Ran, root: string): Outcome {
  const steps = new Map<string, StepOutcome[]>();
  const last = (host: string): StepOutcome | undefined => steps.get(host)?.at(-1);
  const amend = (host: string, more: (step: StepOutcome) => Partial<StepOutcome>): void => {
    const step = steps.get(host)?.pop();
    if (step) steps.get(host)?.push({ ...step, ...more(step) });
  };
  for (const event of ran.events) {
    if (event.event === 'step-end') {
      const { step, outcome, result, failure, ignored } = event;
      const before = last(step.host)?.number ?? 0;
      const text = JSON.stringify({ result, failure: failure?.message }, withoutChance) ?? '';
      const list = steps.get(step.host) ?? [];
      steps.set(step.host, list);
      list.push({
        name: step.name,
        number: Number(/^step (\d+)$/.exec(step.name)?.[1] ?? Math.floor(before) + 0.5),
        outcome,
        fatal: outcome === 'failed' && ignored !== true,
        said: text.replaceAll(root, 'ROOT'),
      });
    } else if (event.event === 'host-rescued') amend(event.host, () => ({ fatal: false }));
    else if (event.event === 'handler-notified')
      amend(event.host, ({ said }) => ({ said: `${said}, notifies ${event.handler}` }));
  }
  return { exitCode: ran.exitCode, steps, tree: treeOf(root) };
}

/** What differs between two runs of anything. */
const byChance = new Set(['inode', 'device', 'modified', 'accessed', 'changedAt']);
const withoutChance = (key: string, value: unknown): unknown =>
  byChance.has(key) ? undefined : value;
