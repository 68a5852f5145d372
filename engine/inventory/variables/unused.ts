/** Variables that nobody reads: most are for other playbooks, some are misspelt. */
import { didYouMean } from '../../did-you-mean.ts';
import { schemaKeys } from './schema-keys.ts';
import type { Warning } from './variable.ts';
import type { Inventory } from '../view.ts';

export interface UnusedVariable extends Warning {
  readonly name: string;
  /** The variable that it was probably meant to be. */
  readonly suggestion: string | undefined;
  /** Of `-e`: meant for this very run. */
  readonly extra: boolean;
}

/** Read by the inventory itself. */
const own = ['ip'];

/**
 * Variables of the inventory that no schema knows. Those with a suggestion are worth a warning.
 * @param schemas of all roles and plays of the playbook
 */
export function unusedVariables(
  inventory: Inventory,
  schemas: Iterable<unknown>,
): readonly UnusedVariable[] {
  const known = new Set(own);
  for (const schema of schemas) for (const key of schemaKeys(schema) ?? []) known.add(key);
  const unused: UnusedVariable[] = [];
  for (const { name, path, at, extra } of inventory.variables) {
    if (known.has(name)) continue;
    const suggestion = didYouMean(name, known);
    const hint = suggestion === undefined ? undefined : `did you mean '${suggestion}'?`;
    unused.push({ name, suggestion, extra, message: `${path} is not used by any role`, at, hint });
  }
  return unused;
}
