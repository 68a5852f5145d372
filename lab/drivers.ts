/** The drivers there are. */
import { PlayError } from '../engine/errors.ts';
import type { Driver } from './driver.ts';
import { nspawn } from './nspawn/driver.ts';

const drivers: readonly Driver[] = [nspawn];

/** The driver of new labs. */
export const usualDriver: Driver = nspawn;

/** @throws PlayError for a name that no driver has. */
export function driverNamed(name: string): Driver {
  const driver = drivers.find((candidate) => candidate.name === name);
  if (driver) return driver;
  throw new PlayError(`no lab driver is called "${name}"`, {
    hint: `there is ${drivers.map((candidate) => candidate.name).join(', ')}`,
  });
}
