/** Brings labs up and finds them. */
import pLimit from 'p-limit';
import { PlayError } from '../engine/errors.ts';
import { claim, type Place, type UpOptions } from './claim.ts';
import { down } from './down.ts';
import type { Driver, Say } from './driver.ts';
import { driverNamed, usualDriver } from './drivers.ts';
import { refuseFailures } from './failures.ts';
import { knownHosts, prepareKey, writeKnownHosts } from './keys.ts';
import { describeLab, type Lab } from './lab.ts';
import { withLock } from './lock.ts';
import { checkName, planHosts, type HostPlan } from './plan.ts';
import { waitUntilReady } from './ready.ts';
import { labFolder, labNames, lockOf, openStateFolder, readRecord, stateFolder } from './state.ts';

/** Hosts made and booted at once. */
const bootsAtOnce = 6;

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

async function unknownLab(state: string, name: string): Promise<PlayError> {
  const names = await labNames(state);
  return new PlayError(`there is no lab "${name}"`, {
    hint: names.length > 0 ? `labs: ${names.join(', ')}` : 'make one with `play lab up`',
  });
}
