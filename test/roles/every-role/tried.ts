/** Tries roles and playbooks on the least inventory, with choices of their variables. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { kindOf } from '../../../engine/dsl/collector.ts';
import { play, playbook } from '../../../engine/dsl/declare.ts';
import type { Playbook } from '../../../engine/dsl/play.ts';
import type { Role } from '../../../engine/dsl/task.ts';
import { formatError } from '../../../engine/errors.ts';
import { collect, inventoryOf } from '../../plan/inventory.ts';
import { withNeeds } from '../collected.ts';
import { choicesIn } from './choices.ts';
import { differs, hostsOf, least, together, type Variables } from './least.ts';
import { render } from './rendered.ts';

const folder = fileURLToPath(new URL('../../../roles', import.meta.url));

const isRole = (value: unknown): value is Role => kindOf(value) === 'role';

/** What `index.ts` of any folder exports as a role. */
export async function shippedRoles(): Promise<readonly Role[]> {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory());
  const modules = await Promise.all(
    folders.map(async ({ name }): Promise<object> => import(join(folder, name, 'index.ts'))),
  );
  return modules.flatMap((module) => Object.values(module).filter(isRole));
}

/** A playbook of this role alone. */
export const onlyRole = (role: Role): Playbook =>
  playbook([play({ name: 'test', hosts: hostsOf[role.name] ?? 'all', roles: withNeeds(role) })]);

/** What keeps a playbook from being planned and rendered; '' for nothing. */
export async function mistakesOf(
  book: Playbook,
  vars: Variables,
  ofOneHost: Variables = {},
): Promise<string> {
  try {
    const inventory = await inventoryOf(least(vars, ofOneHost));
    await render(collect(book, inventory), inventory);
    return '';
  } catch (error) {
    return formatError(error);
  }
}

/**
 * Every value that a schema offers and that keeps the playbook from being planned and rendered.
 * @param vars what is said with each of them
 */
export async function refusedChoices(
  book: Playbook,
  variables: z.ZodObject,
  vars: Variables,
): Promise<readonly string[]> {
  const tried = choicesIn(variables).map(async ({ variable, choice, value }) => {
    const chosen = { [variable]: value };
    const own = differs.includes(variable);
    const all = { ...vars, ...(own ? {} : chosen), ...together[choice] };
    const mistakes = await mistakesOf(book, all, own ? chosen : {});
    return mistakes === '' ? [] : [`${choice}: ${mistakes}`];
  });
  return (await Promise.all(tried)).flat();
}
