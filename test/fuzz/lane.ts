/** Runs programs, one after another, over connections that stay open between them. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectHost, type HostConnection } from '../../engine/shell/host-connection.ts';
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
  readonly outcome: string;
  /** Result and failure as text. */
  readonly said: string;
}

export interface Lane {
  run(program: Program, mode?: Pick<FleetRun, 'lookahead' | 'check'>): Promise<Outcome>;
  /** What the program is given. */
  freshTree(program: Program): readonly string[];
  close(): Promise<void>;
}

let lanes = 0;

export async function openLane(): Promise<Lane> {
  const on = await fleet(['a', 'b', 'c']);
  lanes += 1;
  const own = `lane${process.pid}x${lanes}`;
  const connections = new Map<string, HostConnection>();
  const root = join(on.folder, 'roots');
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
    freshTree(program) {
      makeRoots(root, program.hosts);
      return treeOf(root);
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
  for (const { step, outcome, result, failure } of ran.ends) {
    const list = steps.get(step.host) ?? [];
    steps.set(step.host, list);
    const said = JSON.stringify({ result, failure: failure?.message }, withoutChance) ?? '';
    list.push({ name: step.name, outcome, said: said.replaceAll(root, 'ROOT') });
  }
  return { exitCode: ran.exitCode, steps, tree: treeOf(root) };
}

/** What differs between two runs of anything. */
const byChance = new Set(['inode', 'device', 'modified', 'accessed', 'changedAt']);
const withoutChance = (key: string, value: unknown): unknown =>
  byChance.has(key) ? undefined : value;
