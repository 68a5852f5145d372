/** A lab that is up, as tests and the bench use it. */
import { PlayError } from '../engine/errors.ts';
import type { Driver, LabPlace, Netem } from './driver.ts';
import type { HostPlan } from './plan.ts';
import { parseProcesses, processColumns, type HostProcess } from './processes.ts';
import { attempt, demand, type ProgramResult } from './program.ts';
import { openSlowDoor, type SlowDoor } from './proxy.ts';
import { waitUntilReady } from './ready.ts';
import { readTree, type TreeEntry } from './snapshot.ts';

export interface LabHost {
  readonly name: string;
  readonly address: string;
  /** Where the controller sees the host's file system. */
  readonly root: string;
  /** The host's init as the controller sees it; undefined while the host is off. */
  readonly pid: number | undefined;
}

/** Hosts of one lab and what can be done to them. Methods that name a host throw PlayError for an unknown name. */
export interface Lab {
  readonly name: string;
  readonly subnet: string;
  /** Folder of the lab's state. */
  readonly folder: string;
  readonly hosts: readonly LabHost[];
  /** Private key that opens every host as root. */
  readonly keyFile: string;
  /** Host keys, taken from the hosts' own files. */
  readonly knownHostsFile: string;
  /** Removes the lab. */
  down(): Promise<void>;
  /** Takes a host's link down: packets are lost, the host runs on. */
  cut(name: string): Promise<void>;
  /** Puts a host's link up again and waits until the host can be reached. */
  join(name: string): Promise<void>;
  /** Ends a host at once, as a power loss does. Files it wrote stay. */
  powerOff(name: string): Promise<void>;
  /** Boots a host that is off and waits until it can be used. Latency and cuts are forgotten. */
  boot(name: string): Promise<void>;
  /**
   * Adds milliseconds (and loss, in percent) to what is sent to a host; 0 removes them.
   * @throws PlayError if the kernel has no netem: `slowDoor` works there too.
   */
  delay(name: string, milliseconds: number, lossPercent?: number): Promise<void>;
  /**
   * Opens a way to a host's sshd that takes milliseconds for each round trip and counts bytes.
   * Its host key is the host's own: add `hostKeyLines` for its address, or trust by alias.
   */
  slowDoor(name: string, roundTrip: number): Promise<SlowDoor>;
  /** Lines of a known_hosts file for a host that is reached at another address and port. */
  hostKeyLines(name: string, at: { host: string; port: number }): Promise<string>;
  /** What the host's file system holds, apart from what an idle host changes by itself. */
  snapshotTree(name: string): Promise<Map<string, TreeEntry>>;
  /** Runs a program inside a host as root, without ssh; answers whatever its exit code. */
  exec(name: string, argv: readonly string[], input?: string): Promise<ProgramResult>;
  /** Processes of a host, with the ids that the host itself sees. */
  processes(name: string): Promise<HostProcess[]>;
}

/** Describes a lab that is up, with the hosts' process ids of now. */
export async function describeLab(
  driver: Driver,
  place: LabPlace,
  plans: readonly HostPlan[],
  down: () => Promise<void>,
): Promise<Lab> {
  const pids = new Map<string, number | undefined>();
  const look = async (plan: HostPlan): Promise<void> => {
    pids.set(plan.name, await driver.leader(place, plan));
  };
  const find = (name: string): HostPlan => {
    const plan = plans.find((candidate) => candidate.name === name);
    if (plan) return plan;
    const names = plans.map((candidate) => candidate.name).join(', ');
    throw new PlayError(`lab ${place.name} has no host "${name}"`, { hint: `it has ${names}` });
  };
  const run = async (name: string, argv: readonly string[], input?: string) =>
    attempt(await driver.inside(place, find(name), argv), { input });
  const netem = (name: string, wanted: Netem) => driver.setNetem(find(name), wanted);

  await Promise.all(plans.map(look));
  return {
    name: place.name,
    subnet: place.subnet,
    folder: place.folder,
    get hosts() {
      return plans.map((plan) => ({
        name: plan.name,
        address: plan.address,
        root: driver.root(place, plan),
        pid: pids.get(plan.name),
      }));
    },
    keyFile: `${place.folder}/key`,
    knownHostsFile: `${place.folder}/known_hosts`,
    down,
    cut: (name) => driver.setLink(find(name), false),
    async join(name) {
      await driver.setLink(find(name), true);
      await waitUntilReady(driver, place, find(name));
    },
    async powerOff(name) {
      await driver.powerOff(place, find(name));
      await look(find(name));
    },
    async boot(name) {
      const plan = find(name);
      if ((await driver.leader(place, plan)) === undefined) await driver.boot(place, plan);
      await waitUntilReady(driver, place, plan);
      await look(plan);
    },
    delay: (name, delay, loss = 0) => netem(name, { delay, loss }),
    slowDoor: (name, roundTrip) => openSlowDoor({ host: find(name).address, port: 22 }, roundTrip),
    async hostKeyLines(name, at) {
      const keys = await driver.hostKeys(place, find(name));
      return keys.map((key) => `[${at.host}]:${at.port} ${key}\n`).join('');
    },
    snapshotTree: (name) =>
      readTree(driver.root(place, find(name)), driver.volumes(place, find(name))),
    exec: run,
    async processes(name) {
      const argv = await driver.inside(place, find(name), ['ps', '-e', '-o', processColumns]);
      return parseProcesses(await demand(argv));
    },
  };
}
