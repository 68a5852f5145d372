/** The inventory for `play inventory`: a tree, or JSON; secrets are ***. */
import { formatPlace } from '../errors.ts';
import { Redactor } from '../secrets/redact.ts';
import type { Connection } from '../transport/transport.ts';
import { connectionVariableNames } from './connection/variables.ts';
import type { HostView, Inventory } from './view.ts';

export type DescribeOptions =
  | { readonly as: 'graph' }
  | { readonly as: 'list' }
  | { readonly as: 'host'; readonly host: string };

/**
 * The whole inventory, or one host with where each of its values was written.
 * @returns text without a final line feed
 * @throws InventoryError for an unknown host
 */
export function describeInventory(inventory: Inventory, options: DescribeOptions): string {
  if (options.as === 'graph') return graphLines(inventory, 'all', '').join('\n');
  if (options.as === 'list') return asJson(listOf(inventory));
  return asJson(hostOf(inventory, inventory.host(options.host)));
}

/** Only Secrets are hidden here: what is no Secret in the inventory is no secret. */
const shown = new Redactor(() => []);
const asJson = (value: unknown): string => JSON.stringify(shown.data(value), null, 2);

/** As `ansible-inventory --graph` prints it. */
function graphLines(inventory: Inventory, group: string, indent: string): string[] {
  const lines = [indent === '' ? `@${group}:` : `${indent}--@${group}:`];
  const deeper = `${indent}  |`;
  for (const child of inventory.childrenOf(group)) {
    lines.push(...graphLines(inventory, child, deeper));
  }
  for (const host of directHosts(inventory, group)) lines.push(`${deeper}--${host}`);
  return lines;
}

/** Hosts of a group that none of its children has. */
function directHosts(inventory: Inventory, group: string): readonly string[] {
  const below = new Set(
    inventory.childrenOf(group).flatMap((child) => inventory.groups.get(child)),
  );
  return (inventory.groups.get(group) ?? []).filter((host) => !below.has(host));
}

/** The JSON of `ansible-inventory --list`, which other programs read too. */
function listOf(inventory: Inventory): unknown {
  const groups = [...inventory.groups.keys()].map((name) => {
    const children = inventory.childrenOf(name);
    const hosts = directHosts(inventory, name);
    return [
      name,
      { ...(children.length > 0 && { children }), ...(hosts.length > 0 && { hosts }) },
    ] as const;
  });
  const variables = inventory.hosts.map(
    ({ name, vars }) => [name, { ...ansibleNames(inventory.connection(name)), ...vars }] as const,
  );
  return { _meta: { hostvars: Object.fromEntries(variables) }, ...Object.fromEntries(groups) };
}

function ansibleNames(connection: Connection): Readonly<Record<string, unknown>> {
  return {
    ansible_host: connection.host,
    ansible_port: connection.port,
    ansible_user: connection.user,
    ansible_connection: connection.transport === 'openssh' ? undefined : connection.transport,
  };
}

function hostOf(inventory: Inventory, host: HostView): unknown {
  const { becomeDefaults: _, ...connection } = inventory.connection(host.name);
  const names = [...Object.keys(host.vars), ...connectionVariableNames.flat()];
  const places = names.flatMap((name) => {
    const written = inventory.written(host.name, [name]);
    if (!written) return [];
    return [[name, written.at ? formatPlace(written.at) : written.path] as const];
  });
  return {
    name: host.name,
    groups: host.groups,
    address: host.address,
    connection,
    vars: host.vars,
    writtenAt: Object.fromEntries(places),
  };
}
