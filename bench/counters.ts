/** What tsplay itself counts in an unchanged run. */
import { engines, type EngineName } from './engines.ts';
import type { OpenFleet } from './fleet.ts';
import { measured } from './program.ts';

export interface Counted {
  readonly roundTrips: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly processes: number;
  /** Milliseconds for each task and host, in the run itself. */
  readonly cpuPerTask: number;
}

export async function countUnchanged(fleet: OpenFleet): Promise<Counted> {
  const name: EngineName = 'tsplay';
  const command = (await engines(fleet))[name].command(false);
  await measured(command);
  const { stdout } = await measured({ ...command, argv: [...command.argv, '--output', 'json'] });
  const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  const end = last as {
    readonly controllerCpu: number;
    readonly recap: Readonly<Record<string, { readonly counters: Omit<Counted, 'cpuPerTask'> }>>;
  };
  const hosts = Object.values(end.recap).map(({ counters }) => counters);
  const largest = (of: keyof Omit<Counted, 'cpuPerTask'>): number =>
    Math.max(...hosts.map((counters) => counters[of]));
  return {
    roundTrips: largest('roundTrips'),
    bytesUp: largest('bytesUp'),
    bytesDown: largest('bytesDown'),
    processes: largest('processes'),
    cpuPerTask: end.controllerCpu / (fleet.tasks * hosts.length),
  };
}
