/** Runs programs, one after another, over connections that stay open between them. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { connectHost, type HostConnection } from '../../engine/shell/session/host-connection.ts';
import type { Fleet, FleetRun } from '../run/harness.ts';
import { rootsOf } from './fresh-roots.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { playbookOf, type Program } from './written/program.ts';

export interface Lane {
  run(program: Program, mode?: Pick<FleetRun, 'lookahead' | 'check'>): Promise<Outcome>;
  /** What the program is given. */
  freshTree(program: Program): Promise<readonly string[]>;
  close(): Promise<void>;
}

let lanes = 0;

/** Where programs run: hosts, and a folder in which each has a root. */
export interface Ground {
  readonly on: Fleet;
  /** Of the same path on every host. */
  readonly root: string;
  /** Makes everything as it is before a program. */
  lay(program: Program): void | Promise<void>;
  /** What is there, a line each. */
  tree(program: Program): readonly string[] | Promise<readonly string[]>;
}

export async function openLane(ground: Ground): Promise<Lane> {
  const { on, root } = ground;
  lanes += 1;
  const own = `lane${process.pid}x${lanes}`;
  const connections = new Map<string, HostConnection>();
  const fresh = new Map<string, readonly string[]>();
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    async run(program, mode = {}) {
      if (closed) throw new Error('the lane is closed');
      await ground.lay(program);
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
      return outcomeOf(await running, root, () => ground.tree(program));
    },
    async freshTree(program) {
      const hosts = rootsOf(program).join();
      const known = fresh.get(hosts);
      if (known) return known;
      await ground.lay(program);
      const tree = await ground.tree(program);
      fresh.set(hosts, tree);
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
