/** Brings labs up, finds them and takes them down. */
import { join } from 'node:path';
import pLimit from 'p-limit';
import { ManyErrors, PlayError, UsageError } from '../engine/errors.ts';
import type { Driver, LabPlace, Say } from './driver.ts';
import { driverNamed, usualDriver } from './drivers.ts';
import { knownHosts, prepareKey, writeKnownHosts } from './keys.ts';
import { describeLab, type Lab } from './lab.ts';
import { withLock } from './lock.ts';
import { bridgeName, checkName, defaultCount, defaultLab, planHosts, planLab } from './plan.ts';
import type { HostPlan, LabPlan, PlanOptions } from './plan.ts';
import { waitUntilReady } from './ready.ts';
import {
  labFolder,
  labNames,
  openStateFolder,
  readRecord,
  removeLabFolder,
  stateFolder,
  writeRecord,
  type LabRecord,
} from './state.ts';

export interface UpOptions extends PlanOptions {
  /** How many hosts; those of an existing lab, or three, where it is left out. */
  readonly count?: number | undefined;
  /** Gets a line for each thing that takes a while. */
  readonly say?: Say | undefined;
}

/** Hosts made and booted at once. */
const bootsAtOnce = 6;
/** Milliseconds that a host gets to shut down; its files are thrown away after. */
const stopPatience = 5000;

/**
 * Brings a lab up: makes what is missing, boots what is off, leaves what runs. Safe to repeat, also
 * after a kill.
 * @throws PlayError if this machine cannot run a lab, or the options contradict the existing one.
 */
export async function up(options: UpOptions = {}): Promise<Lab> {
  const say = options.say ?? (() => {});
  const driver = usualDriver;
  const state = stateFolder();
  await driver.require(say);
  await openStateFolder(state);
  const place = await claim(driver, state, options, say);
  const plans = planHosts(place, place.count);
  await withLock(lockOf(state, place.name), () => bringUp(driver, place, plans, say), {
    waiting: (pid) => say(`process ${pid} is at work on lab ${place.name}: waiting for it`),
  });
  return describeLab(driver, place, plans, () => down({ name: place.name, say }));
}

/**
 * Finds a lab that was brought up before.
 * @throws PlayError if there is none of this name.
 */
export async function findLab(name: string): Promise<Lab> {
  const state = stateFolder();
  const record = await readRecord(state, checkName(name));
  if (record === undefined) throw await unknownLab(state, name);
  const place = { ...record, folder: labFolder(state, name) };
  const plans = planHosts(place, record.count);
  return describeLab(driverNamed(record.driver), place, plans, () => down({ name }));
}

/** Takes a lab down and removes all it had; nothing happens if there is none of this name. */
export async function down(options: { name: string; say?: Say | undefined }): Promise<void> {
  const { name, say = () => {} } = options;
  const state = stateFolder();
  const waiting = (pid: number) => say(`process ${pid} is at work on lab ${name}: waiting for it`);
  checkName(name);
  if (!(await labNames(state)).includes(name)) return;
  await withLock(
    lockOf(state, name),
    async () => {
      const record = await readRecord(state, name);
      // The record comes first when a lab is made: without it nothing else was.
      if (record) await takeDown({ ...record, folder: labFolder(state, name) }, state);
      await removeLabFolder(state, name);
    },
    { waiting },
  );
}

/** All labs, by name. */
export async function allLabs(): Promise<Lab[]> {
  const state = stateFolder();
  const found: Lab[] = [];
  for (const name of await labNames(state)) {
    if (await readRecord(state, name)) found.push(await findLab(name));
  }
  return found;
}

/** Names of all labs, also of those whose making was cut short. */
export function allLabNames(): Promise<string[]> {
  return labNames(stateFolder());
}

type Place = LabPlace & LabRecord;

/** Decides what the lab is and writes it down, so that labs made at the same time do not collide. */
function claim(driver: Driver, state: string, options: UpOptions, say: Say): Promise<Place> {
  return withLock(
    join(state, 'labs.lock'),
    async () => {
      const name = checkName(options.name ?? defaultLab);
      const taken = await takenSubnets(driver, state, name);
      const wanted = planLab(options, [...taken.keys()]);
      const known = await readRecord(state, name);
      const owner = taken.get(wanted.subnet);
      if (known) refuseContradiction(known, wanted, options);
      else if (owner !== undefined) {
        throw new UsageError(`the network ${wanted.subnet}.0/24 belongs to ${owner}`, {
          hint: 'choose another with --subnet, as in --subnet 10.99.3',
        });
      }
      const plan = known ?? wanted;
      const count = Math.max(options.count ?? known?.count ?? defaultCount, known?.count ?? 0);
      planHosts(plan, count);
      const base = known?.base ?? (await driver.prepareBase(state, plan.packages, say));
      const record: LabRecord = {
        driver: driver.name,
        name: plan.name,
        prefix: plan.prefix,
        subnet: plan.subnet,
        bridge: plan.bridge,
        packages: [...plan.packages],
        base,
        count,
      };
      await writeRecord(state, record);
      return { ...record, folder: labFolder(state, plan.name) };
    },
    { waiting: (pid) => say(`process ${pid} prepares another lab: waiting for it`) },
  );
}

/** Subnets that a new lab cannot have, and whose they are. */
async function takenSubnets(
  driver: Driver,
  state: string,
  name: string,
): Promise<Map<string, string>> {
  const taken = await driver.usedSubnets(bridgeName(name));
  for (const other of await labNames(state)) {
    const record = other === name ? undefined : await readRecord(state, other);
    if (record) taken.set(record.subnet, `lab ${other}`);
  }
  return taken;
}

/** A lab keeps what it was made with; a different wish needs a new lab. */
function refuseContradiction(known: LabRecord, wanted: LabPlan, options: UpOptions): void {
  const wishes = {
    prefix: options.prefix === undefined || known.prefix === wanted.prefix,
    subnet: options.subnet === undefined || known.subnet === wanted.subnet,
    packages:
      (options.packages === undefined && options.python === undefined) ||
      known.packages.join() === wanted.packages.join(),
  };
  const broken = Object.entries(wishes).flatMap(([wish, kept]) => (kept ? [] : [wish]));
  if (broken.length === 0) return;
  throw new UsageError(`lab ${known.name} exists with another ${broken.join(' and ')}`, {
    hint: `take it down first: play lab down --name ${known.name}`,
  });
}

async function bringUp(driver: Driver, place: Place, plans: HostPlan[], say: Say): Promise<void> {
  const publicKey = await prepareKey(place.folder, place.name);
  await driver.openNetwork(place);
  const limit = pLimit(bootsAtOnce);
  const failures: string[] = [];
  const settled = await Promise.allSettled(
    plans.map((plan) =>
      limit(async () => {
        const isUp = (await driver.leader(place, plan)) !== undefined;
        if (!isUp) {
          await driver.create(place, plan, { publicKey });
          await driver.boot(place, plan);
        }
        const failed = await waitUntilReady(driver, place, plan);
        if (!isUp) say(`${plan.name} is up at ${plan.address}`);
        if (failed.length > 0) failures.push(`${plan.name}: ${failed.join(', ')}`);
      }),
    ),
  );
  refuseFailures(settled);
  const keys = await Promise.all(
    plans.map(async (plan) => [plan, await driver.hostKeys(place, plan)] as const),
  );
  await writeKnownHosts(place.folder, knownHosts(keys));
  if (failures.length > 0) say(`units that failed to start: ${failures.join('; ')}`);
}

async function takeDown(place: Place, state: string): Promise<void> {
  const driver = driverNamed(place.driver);
  const settled = await Promise.allSettled(
    planHosts(place, place.count).map(async (plan) => {
      await driver.stop(place, plan, stopPatience);
      await driver.remove(place, plan);
    }),
  );
  refuseFailures(settled);
  const others = (await labNames(state)).filter((name) => name !== place.name);
  await driver.closeNetwork(place, others.length === 0);
}

/** Throws what went wrong, after every host was dealt with. */
function refuseFailures(settled: readonly PromiseSettledResult<void>[]): void {
  const reasons = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const errors = reasons.map((reason) =>
    reason instanceof PlayError ? reason : new PlayError(String(reason), { cause: reason }),
  );
  const [only] = errors;
  if (only) throw errors.length === 1 ? only : new ManyErrors(errors);
}

function lockOf(state: string, name: string): string {
  return join(state, `lab-${name}.lock`);
}

async function unknownLab(state: string, name: string): Promise<PlayError> {
  const names = await labNames(state);
  return new PlayError(`there is no lab "${name}"`, {
    hint: names.length > 0 ? `labs: ${names.join(', ')}` : 'make one with `play lab up`',
  });
}
