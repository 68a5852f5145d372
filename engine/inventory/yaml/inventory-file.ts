/** Reads the Ansible shape: groups with `hosts`, `children`, `vars` (and `priority`). */
import { isAlias, isScalar } from 'yaml';
import type { Node } from 'yaml';
import { didYouMeanHint } from '../../did-you-mean.ts';
import { InventoryError, PlayError, type Place } from '../../errors.ts';
import type { GroupEntry, InventoryBuilder } from '../builder.ts';
import { checkName, hostNames } from '../pattern/names.ts';
import type { Variable } from '../variables/variable.ts';
import type { Entry, YamlFile } from './document.ts';
import { entriesOf } from './mapping.ts';
import { isEmpty, mappingOf, variablesOf } from './variables.ts';

const groupKeys = ['hosts', 'children', 'vars', 'priority'];

/** Takes what an inventory file adds to the inventory that is being built. */
export function readInventoryFile(yaml: YamlFile, builder: InventoryBuilder): void {
  const top = mappingOf(yaml.root, yaml, {
    message: 'an inventory is a mapping of groups',
    hint: "begin with 'all:' and below it 'hosts:', 'children:' and 'vars:'",
  });
  for (const entry of top ? entriesOf(top, yaml) : []) readGroup(entry, '', yaml, builder);
}

function readGroup(
  entry: Entry,
  outer: string,
  yaml: YamlFile,
  builder: InventoryBuilder,
): GroupEntry | undefined {
  const { key: name, keyNode } = entry;
  const at = yaml.place(keyNode);
  if (!attempt(() => checkName('group', name, at), at, yaml)) return undefined;
  const group = builder.group(name, at);
  const path = outer === '' ? name : `${outer}.${name}`;
  const map = mappingOf(entry.value, yaml, {
    message: `${path}: a group is a mapping`,
    hint: `it may have ${groupKeys.join(', ')}`,
    key: keyNode,
  });
  if (!map || yaml.open.has(map)) return group;
  yaml.open.add(map);
  for (const part of entriesOf(map, yaml)) readPart(part, group, path, yaml, builder);
  yaml.open.delete(map);
  return group;
}

function readPart(
  part: Entry,
  group: GroupEntry,
  path: string,
  yaml: YamlFile,
  builder: InventoryBuilder,
): void {
  const here = `${path}.${part.key}`;
  const at = yaml.place(part.keyNode);
  if (part.key === 'priority') return readPriority(part, group, here, yaml);
  if (!groupKeys.includes(part.key)) {
    const guess = didYouMeanHint(part.key, groupKeys);
    const hint = guess ?? `a group has hosts, children, vars; variables belong below 'vars:'`;
    return yaml.report(new InventoryError(`${here}: unknown key of a group`, { at, hint }));
  }
  const map = mappingOf(part.value, yaml, {
    message: `${here}: must be a mapping`,
    hint: "write each as a key: 'name:'",
    key: part.keyNode,
  });
  if (!map) return;
  if (part.key === 'vars') {
    for (const each of variablesOf(map, here, yaml)) {
      builder.layers.set('inventory groups', group.name, each);
    }
    return;
  }
  for (const entry of entriesOf(map, yaml)) {
    if (part.key === 'hosts') readHost(entry, group, here, yaml, builder);
    else readChild(entry, group, here, yaml, builder);
  }
}

function readChild(
  entry: Entry,
  group: GroupEntry,
  outer: string,
  yaml: YamlFile,
  builder: InventoryBuilder,
): void {
  const at = yaml.place(entry.keyNode);
  if (entry.key === 'all') {
    const hint = "'all' holds every group already";
    return yaml.report(new InventoryError("'all' cannot be inside a group", { at, hint }));
  }
  const child = readGroup(entry, outer, yaml, builder);
  if (child && !group.children.has(child.name)) group.children.set(child.name, at);
}

function readHost(
  entry: Entry,
  group: GroupEntry,
  outer: string,
  yaml: YamlFile,
  builder: InventoryBuilder,
): void {
  const at = yaml.place(entry.keyNode);
  const path = `${outer}.${entry.key}`;
  const map = mappingOf(entry.value, yaml, {
    message: `${path}: a host's variables must be a mapping`,
    hint: `for an address write '${entry.key}: { host: ADDRESS }'`,
    key: entry.keyNode,
  });
  const variables = map ? variablesOf(map, path, yaml) : [];
  attempt(
    () => {
      const { names, port } = hostNames(entry.key, at);
      for (const name of names) {
        builder.host(name, at, group);
        if (port !== undefined) builder.layers.set('inventory hosts', name, portOf(port, path, at));
        for (const each of variables) builder.layers.set('inventory hosts', name, each);
      }
    },
    at,
    yaml,
  );
}

const portOf = (port: number, path: string, at: Place): Variable => ({
  name: 'port',
  value: port,
  path,
  written: { locate: () => ({ at, depth: 0 }) },
});

function readPriority(part: Entry, group: GroupEntry, path: string, yaml: YamlFile): void {
  const node: Node | null | undefined = isAlias(part.value) ? yaml.target(part.value) : part.value;
  const value = isScalar(node) ? node.value : undefined;
  const at = yaml.place(isEmpty(part.value) ? part.keyNode : part.value);
  if (typeof value === 'number') group.priority = { value, at };
  else yaml.report(new InventoryError(`${path}: expected number`, { at }));
}

/** Runs it; its error is reported, with the place if it has none. */
function attempt(body: () => void, at: Place, yaml: YamlFile): boolean {
  try {
    body();
    return true;
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    yaml.report(error.at ? error : new InventoryError(error.message, { at, hint: error.hint }));
    return false;
  }
}
