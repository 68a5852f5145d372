/** What is measured: the phases of the work on a fleet, and unchanged runs of several sizes. */
import { loadavg } from 'node:os';
import type { Lab } from '../lab/index.ts';
import { engines, type Engine, type EngineName } from './engines.ts';
import { compareStates, openFleet, reset, spoil, stateOf, type FleetOptions } from './fleet.ts';
import { measured, type Cost } from './program.ts';
import { median } from './statistics.ts';

export type Phase = 'first' | 'unchanged' | 'check' | 'change';
export const phases: readonly Phase[] = ['first', 'unchanged', 'check', 'change'];
export const engineNames: readonly EngineName[] = ['floor', 'tsplay', 'warm', 'mitogen', 'ansible'];

export interface Measured {
  /** Seconds, of the middle run. */
  readonly wall: number;
  readonly cpu: number;
  readonly runs: number;
  /** One-minute load of the machine when the last run began. */
  readonly load: number;
}

export type PhaseTable = ReadonlyMap<EngineName, ReadonlyMap<Phase, Measured>>;

export interface Repetitions {
  /** Of tsplay and the floor. */
  readonly fast: number;
  /** Of the others. */
  readonly slow: number;
}

type Say = (line: string) => void;

class Samples {
  readonly #costs = new Map<string, { cost: Cost; load: number }[]>();

  add(key: string, cost: Cost, load: number): void {
    this.#costs.set(key, [...(this.#costs.get(key) ?? []), { cost, load }]);
  }

  of(key: string): Measured | undefined {
    const all = this.#costs.get(key);
    if (!all) return undefined;
    return {
      wall: median(all.map(({ cost }) => cost.wall)),
      cpu: median(all.map(({ cost }) => cost.cpu)),
      runs: all.length,
      load: all.at(-1)?.load ?? 0,
    };
  }
}

async function timed(samples: Samples, key: string, engine: Engine, check: boolean, say: Say) {
  const load = loadavg()[0] ?? 0;
  const cost = await measured(engine.command(check)).catch((error: unknown) => {
    // The others give up on a connection that is refused once.
    if (!isSlow(engine.name)) throw error;
    say(`${key} again: ${String(error).slice(0, 500)}`);
    return measured(engine.command(check));
  });
  samples.add(key, cost, load);
  say(`${key}: ${cost.wall.toFixed(2)} s, load ${load.toFixed(1)}`);
}

/**
 * All phases with all engines, one engine after the other, again and again.
 * @throws PlayError when two engines leave different states
 */
export async function measurePhases(
  lab: Lab,
  options: FleetOptions,
  repetitions: Repetitions,
  say: Say,
): Promise<PhaseTable> {
  const fleet = await openFleet(lab, options);
  const samples = new Samples();
  try {
    const all = await engines(fleet);
    const states = new Map<EngineName, readonly string[]>();
    for (let turn = 0; turn < repetitions.fast; turn += 1) {
      for (const name of engineNames) {
        if (name === 'floor' || name === 'warm') continue;
        if (isSlow(name) && turn >= repetitions.slow) continue;
        const engine = all[name];
        await reset(lab, fleet);
        await timed(samples, `${name} first`, engine, false, say);
        states.set(name, await stateOf(fleet, all.floor));
        compareStates(states, fleet.hosts);
        await timed(samples, 'floor unchanged', all.floor, false, say);
        await timed(samples, `${name} unchanged`, engine, false, say);
        if (name === 'tsplay') {
          await measured(all.warm.command(false));
          await timed(samples, 'warm unchanged', all.warm, false, say);
        }
        await spoil(lab, fleet);
        await timed(samples, `${name} check`, engine, true, say);
        await timed(samples, `${name} change`, engine, false, say);
        compareStates(new Map([...states, [name, await stateOf(fleet, all.floor)]]), fleet.hosts);
      }
    }
    await reset(lab, fleet);
  } finally {
    await fleet.close();
  }
  return new Map(
    engineNames.map((name) => [
      name,
      new Map(
        phases.flatMap((phase) => {
          const found = samples.of(`${name} ${phase}`);
          return found ? [[phase, found] as const] : [];
        }),
      ),
    ]),
  );
}

const isSlow = (name: EngineName): boolean => name === 'ansible' || name === 'mitogen';

export interface UnchangedRun {
  readonly engine: EngineName;
  readonly measured: Measured;
  /** Seconds of the run that made the state, where it was this engine's. */
  readonly first: number | undefined;
  /** Bytes through the proxy in one run, ssh's own included; 0 without a proxy. */
  readonly up: number;
  readonly down: number;
}

/**
 * Unchanged runs of all engines, each on the state that it made itself (Ansible marks its cron jobs
 * in its own way). The floor runs beside tsplay, one after the other.
 */
export async function measureUnchanged(
  lab: Lab,
  options: FleetOptions,
  repetitions: Repetitions,
  say: Say,
): Promise<readonly UnchangedRun[]> {
  const fleet = await openFleet(lab, options);
  const samples = new Samples();
  const passed = new Map<EngineName, { up: number; down: number }>();
  try {
    const all = await engines(fleet);
    for (const group of groups) {
      await reset(lab, fleet);
      await timed(samples, `${group[0]} first`, all[group[0]], false, say);
      if (group.includes('warm')) await measured(all.warm.command(false));
      const turns = isSlow(group[0]) ? repetitions.slow : repetitions.fast;
      for (let turn = 0; turn < turns; turn += 1) {
        for (const name of group) {
          const before = fleet.passed();
          await timed(samples, name, all[name], false, say);
          const { up, down } = fleet.passed();
          passed.set(name, { up: up - before.up, down: down - before.down });
        }
      }
    }
    await reset(lab, fleet);
  } finally {
    await fleet.close();
  }
  return engineNames.flatMap((engine) => {
    const found = samples.of(engine);
    if (!found) return [];
    const first = samples.of(`${engine} first`)?.wall;
    return [{ engine, measured: found, first, ...(passed.get(engine) ?? { up: 0, down: 0 }) }];
  });
}

/** The first of each makes the state. */
const groups: readonly (readonly [EngineName, ...EngineName[]])[] = [
  ['tsplay', 'floor', 'warm'],
  ['mitogen'],
  ['ansible'],
];
