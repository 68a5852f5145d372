/** Where the time of a first run goes: wall time by module, from the run's own events. */
import type { HostCounters } from '../engine/report/events.ts';
import type { Engine } from './engines.ts';
import { measured } from './program.ts';

export interface Share {
  /** A module, or what is not the work of any. */
  readonly what: string;
  readonly steps: number;
  /** Seconds in which the last of the hosts was at these steps. */
  readonly seconds: number;
}

export interface FirstRun {
  readonly shares: readonly Share[];
  /** Of the host that needed most. */
  readonly roundTrips: number;
  readonly processes: number;
}

interface RunEnd {
  readonly recap: Readonly<Record<string, { readonly counters: HostCounters }>>;
}

interface StepEnd {
  readonly event: 'step-end';
  readonly time: number;
  readonly step: { readonly host: string; readonly id: string; readonly module: string };
}

/**
 * Runs the work once on hosts that were reset before. In linear order the time between the ends of
 * two steps, each on its last host, belongs to the second.
 */
export async function profileFirstRun(tsplay: Engine): Promise<FirstRun> {
  const command = tsplay.command(false);
  const started = Date.now();
  const { stdout, wall } = await measured({
    ...command,
    argv: [...command.argv, '--output', 'json'],
  });
  const ends = stdout.trim().split('\n').flatMap(stepEnd);
  const last = new Map<string, { readonly module: string; readonly time: number }>();
  for (const { step, time } of ends) last.set(step.id, { module: step.module, time });
  const shares = new Map<string, Share>();
  let before = ends[0]?.time ?? started;
  const share = (what: string, seconds: number): void => {
    const { steps = 0, seconds: sum = 0 } = shares.get(what) ?? {};
    shares.set(what, { what, steps: steps + 1, seconds: sum + seconds });
  };
  share('start of the program, connections, first reads', (before - started) / 1000);
  for (const { module, time } of [...last.values()].toSorted((a, b) => a.time - b.time)) {
    share(module, (time - before) / 1000);
    before = time;
  }
  share('end of the connections and of the program', wall - (before - started) / 1000);
  const counters = countersIn(stdout);
  return {
    shares: [...shares.values()].toSorted((a, b) => b.seconds - a.seconds),
    roundTrips: Math.max(...counters.map(({ roundTrips }) => roundTrips)),
    processes: Math.max(...counters.map(({ processes }) => processes)),
  };
}

function countersIn(stdout: string): readonly HostCounters[] {
  const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  return Object.values((last as RunEnd).recap).map(({ counters }) => counters);
}

function stepEnd(line: string): StepEnd[] {
  const event = JSON.parse(line) as { readonly event: string };
  return event.event === 'step-end' ? [event as StepEnd] : [];
}
