/** Puts groups in order: who is inside whom, how deep, and which hosts each one has. */
import { formatPlace, InventoryError } from '../errors.ts';
import type { InventoryBuilder } from './builder.ts';

export interface Grouping {
  /** Groups in order of precedence: by depth, priority, name; `all` first. */
  readonly order: readonly string[];
  /** All hosts of a group, those of its children too, in inventory order. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  /** Groups directly inside a group. */
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** Groups of a host by precedence, `all` first, without `ungrouped`'s own meaning lost. */
  readonly groupsOf: ReadonlyMap<string, readonly string[]>;
}

/** Resolves the groups of an inventory that is being built. Cycles are reported; groups in them stay where they are. */
export function resolveGroups(builder: InventoryBuilder): Grouping {
  const children = childrenOf(builder);
  refuseCycles(builder);
  const depths = depthsOf(children);
  const rank = (name: string) =>
    [depths.get(name) ?? 0, builder.groups.get(name)?.priority?.value ?? 1] as const;
  const order = [...builder.groups.keys()].toSorted((a, b) => {
    const [depthA, priorityA] = rank(a);
    const [depthB, priorityB] = rank(b);
    return depthA - depthB || priorityA - priorityB || (a < b ? -1 : 1);
  });
  const members = membersOf(builder, children, order);
  const groupsOf = new Map<string, string[]>([...builder.hosts.keys()].map((name) => [name, []]));
  for (const name of order)
    for (const host of members.get(name) ?? []) groupsOf.get(host)?.push(name);
  const hosts = new Map<string, readonly string[]>();
  const position = new Map([...builder.hosts.keys()].map((name, at) => [name, at]));
  for (const name of builder.groups.keys()) {
    const sorted = [...(members.get(name) ?? [])].toSorted(
      (a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0),
    );
    hosts.set(name, Object.freeze(sorted));
  }
  for (const groups of groupsOf.values()) Object.freeze(groups);
  return { order, hosts, children, groupsOf };
}

/** Children by group; groups that are in no other are in `all`. */
function childrenOf(builder: InventoryBuilder): ReadonlyMap<string, readonly string[]> {
  const inside = new Set<string>();
  const children = new Map<string, string[]>();
  for (const [name, group] of builder.groups) {
    children.set(name, [...group.children.keys()]);
    if (name !== 'all') for (const child of group.children.keys()) inside.add(child);
  }
  const ofAll = children.get('all') ?? [];
  for (const name of builder.groups.keys()) {
    if (name !== 'all' && !inside.has(name) && !ofAll.includes(name)) ofAll.push(name);
  }
  return children;
}

/** The longest way from `all` to each group. */
function depthsOf(children: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const seen = new Set<string>();
  const childrenFirst: string[] = [];
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const child of children.get(name) ?? []) visit(child);
    childrenFirst.push(name);
  };
  visit('all');
  const depths = new Map<string, number>();
  for (const name of childrenFirst.toReversed()) {
    const below = (depths.get(name) ?? 0) + 1;
    for (const child of children.get(name) ?? []) {
      depths.set(child, Math.max(depths.get(child) ?? 0, below));
    }
  }
  return depths;
}

function membersOf(
  builder: InventoryBuilder,
  children: ReadonlyMap<string, readonly string[]>,
  order: readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const members = new Map<string, Set<string>>();
  for (const name of order.toReversed()) {
    const hosts = new Set(builder.groups.get(name)?.hosts);
    for (const child of children.get(name) ?? []) {
      for (const host of members.get(child) ?? []) hosts.add(host);
    }
    members.set(name, hosts);
  }
  const grouped = new Set<string>();
  for (const [name, hosts] of members) {
    if (name !== 'all' && name !== 'ungrouped') for (const host of hosts) grouped.add(host);
  }
  const alone = [...builder.hosts.keys()].filter((host) => !grouped.has(host));
  members.set('ungrouped', new Set(alone));
  members.set('all', new Set(builder.hosts.keys()));
  return members;
}

function refuseCycles(builder: InventoryBuilder): void {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (name: string): void => {
    if (done.has(name)) return;
    way.push(name);
    for (const [child, at] of builder.groups.get(name)?.children ?? []) {
      const from = way.indexOf(child);
      if (from === -1) {
        visit(child);
        continue;
      }
      const cycle = way.slice(from);
      const others = cycle
        .slice(0, -1)
        .map((each, index) => builder.groups.get(each)?.children.get(cycle[index + 1] ?? ''))
        .filter((place) => place !== undefined);
      const places = others.map((place) => formatPlace(place)).join(', ');
      builder.report(
        new InventoryError(`groups contain each other: ${[...cycle, child].join(' > ')}`, {
          at,
          hint: places === '' ? 'remove it' : `remove this or the other: ${places}`,
        }),
      );
    }
    way.pop();
    done.add(name);
  };
  for (const name of builder.groups.keys()) visit(name);
}
