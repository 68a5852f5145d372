/** The bench's lab, and what is done to its hosts between runs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlayError } from '../engine/errors.ts';
import { up, type Lab } from '../lab/index.ts';
import { stateFile, type BenchHost, type Engine, type EngineName, type Fleet } from './engines.ts';
import { resetScript, spoilScript } from './work/floor-script.ts';
import { measured } from './program.ts';

/** Where the work lies on each host. */
export const workFolder = '/srv/bench';
/** More tasks than any measurement has: what a reset undoes. */
const mostTasks = 121;

export const benchLab = 'bench';

export function bringUp(count: number): Promise<Lab> {
  return up({
    name: benchLab,
    prefix: 'bench',
    count,
    python: true,
    say: (line) => process.stderr.write(`${line}\n`),
  });
}

export interface FleetOptions {
  readonly hosts: number;
  readonly tasks: number;
  /** Milliseconds; reached through a proxy when above 0. */
  readonly roundTrip?: number;
}

export interface OpenFleet extends Fleet {
  /** Bytes that went through the proxies so far, both ways. */
  readonly passed: () => { readonly up: number; readonly down: number };
  readonly close: () => Promise<void>;
}

/** The first hosts of the lab, as the engines are told of them. */
export async function openFleet(lab: Lab, options: FleetOptions): Promise<OpenFleet> {
  const { hosts: count, tasks, roundTrip } = options;
  const folder = await mkdtemp(join(tmpdir(), 'tsplay-bench-'));
  const chosen = lab.hosts.slice(0, count);
  const doors =
    roundTrip === undefined
      ? []
      : await Promise.all(chosen.map(({ name }) => lab.slowDoor(name, roundTrip)));
  const keys = await Promise.all(
    doors.map((door, index) => lab.hostKeyLines(chosen[index]?.name ?? '', door)),
  );
  const knownHostsFile = join(folder, 'known_hosts');
  await writeFile(knownHostsFile, (await readFile(lab.knownHostsFile, 'utf8')) + keys.join(''));
  const hosts = chosen.map(({ name, address }, index): BenchHost => {
    const door = doors[index];
    const at = door ? { address: door.host, port: door.port } : { address, port: 22 };
    return { name, ...at, folder: workFolder };
  });
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    hosts,
    tasks,
    folder,
    knownHostsFile,
    keyFile: lab.keyFile,
    passed: () => ({
      up: sum(doors.map((door) => door.sent)),
      down: sum(doors.map((door) => door.received)),
    }),
    async close() {
      await Promise.all(doors.map((door) => door.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Every host as it was before any work. */
export async function reset(lab: Lab, fleet: Fleet): Promise<void> {
  const script = resetScript(workFolder, mostTasks);
  await Promise.all(fleet.hosts.map(({ name }) => lab.exec(name, ['sh'], script)));
}

/** One file of the work is changed by hand on every host. */
export async function spoil(lab: Lab, fleet: Fleet): Promise<void> {
  const script = spoilScript(workFolder);
  await Promise.all(fleet.hosts.map(({ name }) => lab.exec(name, ['sh'], script)));
}

/** What the floor reads of every host. */
export async function stateOf(fleet: Fleet, floor: Engine): Promise<readonly string[]> {
  await measured(floor.command(false));
  return Promise.all(fleet.hosts.map((host) => readFile(stateFile(fleet, host), 'utf8')));
}

/** @throws PlayError with the first difference when an engine left another state than another */
export function compareStates(
  states: ReadonlyMap<EngineName, readonly string[]>,
  hosts: readonly BenchHost[],
): void {
  const [[first, expected] = [undefined, []], ...others] = states;
  for (const [name, found] of others) {
    expected.forEach((text, index) => {
      const other = (found[index] ?? '').split('\n');
      const lines = text.split('\n');
      const at = lines.findIndex((line, number) => line !== other[number]);
      if (at < 0 && lines.length === other.length) return;
      const host = hosts[index]?.name;
      throw new PlayError(
        `${first} and ${name} left different states on ${host}: ${lines[at]} and ${other[at]}`,
      );
    });
  }
}
