/** Collects roles for an inventory, as the command line does, without connecting to anything. */
import { play, type Role } from 'tsplay';
import { formatError } from '../../engine/errors.ts';
import type { PlayPlan } from '../../engine/plan/nodes.ts';
import { collect, inventoryOf, namesOf } from '../plan/inventory.ts';

/** What every host of the inventory would do. @throws what the command line shows */
export async function planOf(
  role: Role | readonly Role[],
  yaml: string,
  hosts = 'all',
): Promise<PlayPlan> {
  const inventory = await inventoryOf(yaml);
  const roles = Array.isArray(role) ? role : [role as Role];
  const [plan] = collect(play({ name: 'test', hosts, roles }), inventory);
  if (!plan) throw new Error('no play was collected');
  return plan;
}

/** Names of the tasks of one host. */
export async function tasksOf(
  role: Role | readonly Role[],
  yaml: string,
  host: string,
): Promise<readonly string[]> {
  return namesOf(await planOf(role, yaml), host);
}

/** The mistakes that are told before anything connects, as people see them; '' for none. */
export async function mistakesOf(
  role: Role | readonly Role[],
  yaml: string,
  hosts = 'all',
): Promise<string> {
  return planOf(role, yaml, hosts).then(() => '', formatError);
}
