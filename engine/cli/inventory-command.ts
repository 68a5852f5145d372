/** `play inventory`: hosts, groups and variables as the run would see them. */
import { UsageError } from '../errors.ts';
import type { HostView, Inventory } from '../inventory/view.ts';
import type { Sink } from '../report/sink.ts';
import { inventoryFlags } from './flags.ts';
import { inventoryHelp } from './help.ts';
import { parseFlags } from './parse.ts';
import { openInventory } from './wire.ts';

/** @returns the exit code */
export async function inventoryCommand(argv: readonly string[], out: Sink): Promise<number> {
  const { flags, positionals } = parseFlags(inventoryFlags, argv, 'play inventory');
  if (flags.help) {
    out.write(inventoryHelp());
    return 0;
  }
  const asked = [flags.graph, flags.list, flags.host !== undefined].filter(Boolean).length;
  if (asked !== 1 || positionals.length > 0) {
    throw new UsageError('play inventory takes one of --graph, --list, --host <name>');
  }
  if (flags.inventory.length === 0) {
    throw new UsageError('no inventory given', { hint: 'play inventory -i <inventory> --graph' });
  }
  const inventory = await openInventory({
    paths: flags.inventory,
    extraVars: flags['extra-vars'],
    playbookFolder: undefined,
  });
  const hosts = flags.limit === undefined ? inventory.hosts : inventory.match(flags.limit);
  if (flags.host !== undefined) out.write(`${asJson(inventory.host(flags.host).vars)}\n`);
  else if (flags.list) out.write(`${asJson(inventoryList(inventory, hosts))}\n`);
  else out.write(`${inventoryGraph(inventory, hosts)}\n`);
  return 0;
}

/** Secrets show as `***`: they say so themselves. */
const asJson = (value: unknown): string => JSON.stringify(value, null, 2);

/** Groups with their hosts, and every host's variables. */
export function inventoryList(inventory: Inventory, hosts: readonly HostView[]): unknown {
  const shown = new Set(hosts.map(({ name }) => name));
  const groups = [...inventory.groups].map(([group, members]) => [
    group,
    { hosts: members.filter((name) => shown.has(name)) },
  ]);
  return {
    groups: Object.fromEntries(groups) as unknown,
    hosts: Object.fromEntries(hosts.map(({ name, vars }) => [name, vars])),
  };
}

/** The tree of groups, in the form that ansible-inventory --graph has. */
export function inventoryGraph(inventory: Inventory, hosts: readonly HostView[]): string {
  const shown = new Set(hosts.map(({ name }) => name));
  const lines: string[] = [];
  const walk = (group: string, depth: number): void => {
    const indent = depth === 0 ? '' : `${'  |'.repeat(depth - 1)}  |--`;
    lines.push(`${indent}@${group}:`);
    for (const child of childrenOf(inventory, group)) walk(child, depth + 1);
    const inside = new Set(
      childrenOf(inventory, group).flatMap((child) => inventory.groups.get(child) ?? []),
    );
    for (const host of inventory.groups.get(group) ?? []) {
      if (shown.has(host) && !inside.has(host)) lines.push(`${'  |'.repeat(depth)}  |--${host}`);
    }
  };
  walk('all', 0);
  return lines.join('\n');
}

/**
 * Groups right below a group, by their members: those within it that are in no smaller one of its
 * groups. `all` holds every group.
 */
function childrenOf(inventory: Inventory, group: string): readonly string[] {
  const members = new Set(inventory.groups.get(group) ?? []);
  const within = [...inventory.groups].filter(
    ([name, hosts]) =>
      name !== group &&
      name !== 'all' &&
      hosts.length > 0 &&
      (group === 'all' || hosts.length < members.size) &&
      hosts.every((host) => members.has(host)),
  );
  return within
    .filter(([name, hosts]) =>
      within.every(
        ([other, more]) =>
          other === name ||
          more.length <= hosts.length ||
          !hosts.every((host) => more.includes(host)),
      ),
    )
    .map(([name]) => name);
}
