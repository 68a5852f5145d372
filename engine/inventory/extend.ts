/** An inventory with what a run added: hosts, groups, and the files about them. */
import { ManyErrors } from '../errors.ts';
import type { Addition } from './addition.ts';
import { takeSettings } from './connection/variables.ts';
import type { InventoryBuilder } from './builder.ts';
import { addVariablesOf } from './variables/variable-files.ts';

/** @throws InventoryError or ManyErrors for what is wrong in files of the new names */
export async function extendedDraft(
  base: InventoryBuilder,
  additions: readonly Addition[],
): Promise<InventoryBuilder> {
  const builder = base.copy();
  for (const addition of additions) addTo(builder, addition);
  const isNew = (known: ReadonlyMap<string, unknown>) => (name: string) => !known.has(name);
  const groups = [...builder.groups.keys()].filter(isNew(base.groups));
  const hosts = [...builder.hosts.keys()].filter(isNew(base.hosts));
  await addVariablesOf(new Set(groups), new Set(hosts), builder);
  const before = new Set(base.layers.all());
  for (const layer of builder.layers.all()) if (!before.has(layer)) takeSettings(layer, builder);
  const [first, ...more] = builder.errors;
  if (first) throw more.length === 0 ? first : new ManyErrors(builder.errors);
  return builder;
}

function addTo(builder: InventoryBuilder, { host, groups, parents, vars }: Addition): void {
  const named = groups.length === 0 ? ['all'] : groups;
  for (const name of named) builder.host(host, undefined, builder.group(name, undefined));
  for (const parent of parents) {
    const { children } = builder.group(parent, undefined);
    for (const name of groups) if (!children.has(name)) children.set(name, undefined);
  }
  for (const [name, value] of Object.entries(vars)) {
    const variable = { name, value, path: `addHost ${host}, ${name}`, written: undefined };
    builder.layers.set('added hosts', host, variable);
  }
}
