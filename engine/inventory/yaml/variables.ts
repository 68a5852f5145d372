/** Variables from a mapping of YAML, and from a whole file of them. */
import { isAlias, isMap, isScalar } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import { InventoryError } from '../../errors.ts';
import type { Variable } from '../variables/variable.ts';
import type { Entry, YamlFile } from './document.ts';
import { WrittenNodes } from './locate.ts';
import { entriesOf } from './mapping.ts';
import { valueOf, vaulted } from './value.ts';

export const isEmpty = (node: Node | null): boolean =>
  node === null || (isScalar(node) && node.value === null);

/** The node as a mapping; anything but a mapping or nothing is reported. */
export function mappingOf(
  node: Node | null,
  yaml: YamlFile,
  wrong: { readonly message: string; readonly hint: string; readonly key?: Node },
): YAMLMap | undefined {
  const target = isAlias(node) ? yaml.target(node) : node;
  if (isMap(target)) return target;
  if (target === undefined || !isEmpty(target)) {
    const at = yaml.place(node ?? wrong.key);
    const { message, hint } = isVaulted(target) ? vaulted : wrong;
    yaml.report(new InventoryError(message, { at, hint }));
  }
  return undefined;
}

/** A whole file that `ansible-vault` has encrypted. */
const isVaulted = (node: Node | null | undefined): boolean =>
  isScalar(node) && String(node.value).startsWith('$ANSIBLE_VAULT;');

/**
 * @param prefix path of the mapping: `all.vars`; '' for a file of variables
 */
export function variablesOf(
  map: YAMLMap,
  prefix: string,
  yaml: YamlFile,
  suffix = '',
): readonly Variable[] {
  return entriesOf(map, yaml).map((entry) => variableOf(entry, prefix, yaml, suffix));
}

function variableOf(entry: Entry, prefix: string, yaml: YamlFile, suffix: string): Variable {
  const path = prefix === '' ? entry.key : `${prefix}.${entry.key}`;
  return {
    name: entry.key,
    value: valueOf(entry.value, yaml),
    path: `${path}${suffix}`,
    written: new WrittenNodes(yaml, entry.keyNode, entry.value),
  };
}

/** Variables of a file that holds nothing else: group_vars, host_vars, `-e @file`. */
export function variablesOfFile(yaml: YamlFile, suffix = ''): readonly Variable[] {
  const map = mappingOf(yaml.root, yaml, {
    message: 'a file of variables must be a mapping',
    hint: "write lines of 'name: value'",
  });
  return map ? variablesOf(map, '', yaml, suffix) : [];
}
