/** Entries of a mapping: keys as text, merge keys resolved, duplicates refused. */
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import { formatPlace, InventoryError } from '../../errors.ts';
import type { Entry, YamlFile } from './document.ts';

/** Keys that would reach into JavaScript's objects. */
const refused = new Set(['__proto__', 'constructor', 'prototype']);

/** The entries of a mapping; its own win over merged ones. Mistakes are reported and left out. */
export function entriesOf(map: YAMLMap, yaml: YamlFile): readonly Entry[] {
  const known = yaml.entries.get(map);
  if (known) return known;
  const own = new Map<string, Entry>();
  const merged: Node[] = [];
  yaml.merging.add(map);
  for (const pair of map.items as Pair<Node, Node | null>[]) {
    if (isScalar(pair.key) && typeof pair.key.value === 'symbol') {
      if (pair.value) merged.push(pair.value);
      continue;
    }
    const key = keyOf(pair.key, yaml);
    if (key === undefined) continue;
    const first = own.get(key);
    if (first) refuseDuplicate(key, pair.key, first, yaml);
    else own.set(key, { key, keyNode: pair.key, value: pair.value });
  }
  for (const source of merged) mergeFrom(source, own, yaml);
  yaml.merging.delete(map);
  const entries = [...own.values()];
  yaml.entries.set(map, entries);
  return entries;
}

function mergeFrom(source: Node, into: Map<string, Entry>, yaml: YamlFile): void {
  const node = isAlias(source) ? yaml.target(source) : source;
  if (isSeq(node)) {
    for (const item of node.items as Node[]) mergeFrom(item, into, yaml);
    return;
  }
  if (!isMap(node) || yaml.merging.has(node)) {
    const message = isMap(node) ? 'a mapping merges itself' : '<< takes a mapping';
    yaml.report(
      new InventoryError(message, { at: yaml.place(source), hint: "write '<<: *anchor'" }),
    );
    return;
  }
  for (const entry of entriesOf(node, yaml)) {
    if (!into.has(entry.key)) into.set(entry.key, entry);
  }
}

function keyOf(node: Node | null, yaml: YamlFile): string | undefined {
  const target = isAlias(node) ? yaml.target(node) : node;
  const text = isScalar(target) && target.value !== null ? String(target.source) : undefined;
  if (text === undefined) {
    const hint = 'write a word; quote it if it begins with { or [';
    yaml.report(new InventoryError('a key must be a text', { at: yaml.place(node), hint }));
  } else if (refused.has(text)) {
    const at = yaml.place(node);
    yaml.report(new InventoryError(`the key '${text}' is refused`, { at, hint: 'rename it' }));
    return undefined;
  }
  return text;
}

function refuseDuplicate(key: string, node: Node, first: Entry, yaml: YamlFile): void {
  const before = formatPlace(yaml.place(first.keyNode));
  yaml.report(
    new InventoryError(`duplicate key '${key}'`, {
      at: yaml.place(node),
      hint: `it is also at ${before}; keep one of them`,
    }),
  );
}
