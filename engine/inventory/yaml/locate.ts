/** Finds the place of a path inside a value that was read from YAML. */
import { isAlias, isCollection, isMap, isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';
import type { Place } from '../../errors.ts';
import type { Located, Written } from '../variables/variable.ts';
import type { YamlFile } from './document.ts';
import { entriesOf } from './mapping.ts';

/** A variable's key and value nodes, with the file to name. */
export class WrittenNodes implements Written {
  readonly #yaml: YamlFile;
  readonly #key: Node;
  readonly #value: Node | null;

  constructor(yaml: YamlFile, key: Node, value: Node | null) {
    this.#yaml = yaml;
    this.#key = key;
    this.#value = value;
  }

  locate(path: readonly PropertyKey[]): Located {
    const yaml = this.#yaml;
    let { key, value }: Step = { key: this.#key, value: this.#value };
    let depth = 0;
    for (const step of path) {
      const next = stepInto(isAlias(value) ? yaml.target(value) : value, step, yaml);
      if (!next) break;
      ({ key, value } = next);
      depth++;
    }
    const at = placeOf(key, value, yaml);
    const plain = isScalar(value) && value.type === 'PLAIN' ? value.source : undefined;
    const isTagged = value?.tag !== undefined;
    return plain === undefined || isTagged ? { at, depth } : { at, depth, plain };
  }
}

interface Step {
  readonly key: Node | undefined;
  readonly value: Node | null;
}

function stepInto(node: Node | null | undefined, step: PropertyKey, yaml: YamlFile) {
  if (isSeq(node)) {
    const value = node.items[Number(step)] as Node | null | undefined;
    return value === undefined ? undefined : { key: undefined, value };
  }
  if (!isMap(node)) return undefined;
  const entry = entriesOf(node, yaml).find(({ key }) => key === String(step));
  return entry && { key: entry.keyNode, value: entry.value };
}

/** The value's place; the key's where the value is empty or begins on a later line. */
function placeOf(key: Node | undefined, value: Node | null, yaml: YamlFile): Place {
  const isBlock = isCollection(value) && !value.flow;
  const isEmpty = isScalar(value) && value.source === '';
  return yaml.place(key !== undefined && (value === null || isBlock || isEmpty) ? key : value);
}
