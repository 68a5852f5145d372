/** YAML nodes to frozen plain values and Secrets. */
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, Node, Scalar } from 'yaml';
import { InventoryError } from '../../errors.ts';
import { secret } from '../../secrets/secret.ts';
import type { YamlFile } from './document.ts';
import { entriesOf } from './mapping.ts';

/** Nodes of one file with those behind aliases counted each time: beyond, it is an alias bomb. */
const mostNodes = 2_000_000;

export const vaulted = {
  message: 'what ansible-vault encrypted cannot be read',
  hint: 'give the secret with !env NAME, or with !secret in a file that is not committed',
};

/** The value of a node. Mistakes are reported; what they concern is undefined. */
export function valueOf(node: Node | null, yaml: YamlFile): unknown {
  yaml.size += 1;
  if (node === null) return null;
  if (isAlias(node)) return aliasValue(node, yaml);
  if (node.anchor === undefined) return read(node, yaml);
  const known = yaml.anchored.get(node);
  if (known) {
    yaml.size += known.size;
    return known.value;
  }
  const before = yaml.size;
  const value = read(node, yaml);
  yaml.anchored.set(node, { value, size: yaml.size - before });
  return value;
}

function aliasValue(alias: Alias, yaml: YamlFile): unknown {
  const target = yaml.target(alias);
  if (!target) return refuse(`unknown alias '*${alias.source}'`, alias, yaml);
  if (yaml.open.has(target)) return refuse(`'*${alias.source}' contains itself`, alias, yaml);
  if (yaml.size > mostNodes) {
    return refuse('aliases make this file too large', alias, yaml, 'write the values out');
  }
  return valueOf(target, yaml);
}

function read(node: Node, yaml: YamlFile): unknown {
  if (isScalar(node)) return scalarValue(node, yaml);
  yaml.open.add(node);
  let value: unknown;
  if (isSeq(node)) {
    value = Object.freeze(node.items.map((item) => valueOf(item as Node | null, yaml)));
  } else if (isMap(node)) {
    const object: Record<string, unknown> = {};
    for (const entry of entriesOf(node, yaml)) object[entry.key] = valueOf(entry.value, yaml);
    value = Object.freeze(object);
  }
  yaml.open.delete(node);
  return value;
}

function scalarValue(node: Scalar, yaml: YamlFile): unknown {
  const { value } = node;
  if (node.tag === '!secret') return secret(String(value));
  if (node.tag === '!env') return fromEnvironment(String(value), node, yaml);
  if (node.tag === '!vault') {
    return refuse(vaulted.message, node, yaml, vaulted.hint);
  }
  const inexact = Number.isInteger(value) && !Number.isSafeInteger(value);
  if (inexact) {
    const hint = `quote it: '${node.source}'`;
    return refuse(`${node.source} is too large for a number`, node, yaml, hint);
  }
  return value;
}

function fromEnvironment(name: string, node: Scalar, yaml: YamlFile): unknown {
  const value = process.env[name];
  if (value !== undefined) return secret(value);
  const hint = `set it: export ${name}=…`;
  return refuse(`the environment variable '${name}' is not set`, node, yaml, hint);
}

function refuse(message: string, node: Node, yaml: YamlFile, hint?: string): undefined {
  yaml.report(new InventoryError(message, { at: yaml.place(node), hint }));
}
