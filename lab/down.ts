/** Takes labs down. */
import type { Say } from './driver.ts';
import { driverNamed } from './drivers.ts';
import type { Place } from './claim.ts';
import { refuseFailures } from './failures.ts';
import { withLock } from './lock.ts';
import { checkName, planHosts } from './plan.ts';
import { labFolder, labNames, lockOf, readRecord, removeLabFolder, stateFolder } from './state.ts';

/** Milliseconds that a host gets to shut down; its files are thrown away after. */
const stopPatience = 5000;

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

async function takeDown(place: Place, state: string): Promise<void> {
  const driver = driverNamed(place.driver);
  // Hosts are made after the network: where that belongs to another, there are none of this lab.
  if ((await driver.foreignOwner(place)) !== undefined) return;
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
