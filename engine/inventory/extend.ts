/** The draft of an inventory with what a run added: hosts, groups, and the files about them. */
import { ManyErrors } from '../errors.ts';
import type { Addition } from './addition.ts';
import { takeSettings } from './connection/variables.ts';
import type { InventoryDraft } from './draft.ts';
import { addVariablesOf } from './variables/variable-files.ts';

/** @throws InventoryError or ManyErrors for what is wrong in files of the new names */
export async function extendedDraft(
  base: InventoryDraft,
  additions: readonly Addition[],
): Promise<InventoryDraft> {
  const draft = base.copy();
  for (const addition of additions) addTo(draft, addition);
  const isNew = (known: ReadonlyMap<string, unknown>) => (name: string) => !known.has(name);
  const groups = [...draft.groups.keys()].filter(isNew(base.groups));
  const hosts = [...draft.hosts.keys()].filter(isNew(base.hosts));
  await addVariablesOf(new Set(groups), new Set(hosts), draft);
  const before = new Set(base.layers.all());
  for (const layer of draft.layers.all()) if (!before.has(layer)) takeSettings(layer, draft);
  const [first, ...more] = draft.errors;
  if (first) throw more.length === 0 ? first : new ManyErrors(draft.errors);
  return draft;
}

function addTo(draft: InventoryDraft, { host, groups, parents, vars }: Addition): void {
  const named = groups.length === 0 ? ['all'] : groups;
  for (const name of named) draft.host(host, undefined, draft.group(name, undefined));
  for (const parent of parents) {
    const { children } = draft.group(parent, undefined);
    for (const name of groups) if (!children.has(name)) children.set(name, undefined);
  }
  for (const [name, value] of Object.entries(vars)) {
    const variable = { name, value, path: `addHost ${host}, ${name}`, written: undefined };
    draft.layers.set('added hosts', host, variable);
  }
}
