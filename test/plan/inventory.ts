/** A small inventory for tests of collecting. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInventory } from '../../engine/inventory/read.ts';
import { variableValidator } from '../../engine/inventory/variables/validator.ts';
import type { Inventory } from '../../engine/inventory/view.ts';
import type { Play, Playbook } from '../../engine/dsl/play.ts';
import { playbook } from '../../engine/dsl/declare.ts';
import { collectPlaybook } from '../../engine/plan/collect.ts';
import { tasksOf, type PlayPlan } from '../../engine/plan/nodes.ts';

export async function inventoryOf(yaml: string): Promise<Inventory> {
  const directory = await mkdtemp(join(tmpdir(), 'tsplay-plan-'));
  try {
    await writeFile(join(directory, 'hosts.yaml'), yaml);
    return await readInventory({ files: [join(directory, 'hosts.yaml')] });
  } finally {
    await rm(directory, { recursive: true });
  }
}

export const threeHosts = (): Promise<Inventory> =>
  inventoryOf('web:\n  hosts:\n    a:\n    b: { extra: true }\n    c:\n');

export function collect(plays: Play | Playbook, inventory: Inventory): readonly PlayPlan[] {
  const book = plays.kind === 'play' ? playbook([plays]) : plays;
  return collectPlaybook(book, inventory, { variables: variableValidator(inventory) });
}

/** The error of collecting, as text. */
export function refusal(body: () => unknown): Error {
  try {
    body();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was refused');
}

/** Names of a host's selected tasks. */
export function namesOf(plan: PlayPlan | undefined, host = 'a'): readonly string[] {
  const found = plan?.hosts.find((each) => each.host === host);
  return [...tasksOf(found?.nodes ?? [])].filter((node) => node.selected).map((n) => n.task.name);
}
