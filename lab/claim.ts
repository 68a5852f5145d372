/** Decides what a lab is, before anything of it is made. */
import { join } from 'node:path';
import { PlayError, UsageError } from '../engine/errors.ts';
import type { Driver, LabPlace, Say } from './driver.ts';
import { withLock } from './lock.ts';
import { bridgeName, checkName, defaultCount, defaultLab, planHosts, planLab } from './plan.ts';
import type { LabPlan, PlanOptions } from './plan.ts';
import { labFolder, labNames, readRecord, writeRecord, type LabRecord } from './state.ts';

export interface UpOptions extends PlanOptions {
  /** How many hosts; those of an existing lab, or three, where it is left out. */
  readonly count?: number | undefined;
  /** Gets a line for each thing that takes a while. */
  readonly say?: Say | undefined;
}

/** A lab that is written down. */
export type Place = LabPlace & LabRecord;

/** Decides what the lab is and writes it down, so that labs made at the same time do not collide. */
export function claim(driver: Driver, state: string, options: UpOptions, say: Say): Promise<Place> {
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
      const folder = labFolder(state, name);
      await refuseForeign(driver, plan, folder);
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
      return { ...record, folder };
    },
    { waiting: (pid) => say(`process ${pid} prepares another lab: waiting for it`) },
  );
}

async function refuseForeign(driver: Driver, lab: LabPlan, folder: string): Promise<void> {
  const owner = await driver.foreignOwner({ bridge: lab.bridge, folder });
  if (owner === undefined) return;
  throw new PlayError(`a lab ${lab.name} of another state folder is up: ${owner}`, {
    hint: 'choose another name with --name',
  });
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
