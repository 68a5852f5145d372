/** Variables of the command line: `-e key=value`, `-e @file.yaml`, `-e '{ key: value }'`. */
import { resolve } from 'node:path';
import { ManyErrors, type PlayError, UsageError } from '../../errors.ts';
import { splitAssignments } from './assignments.ts';
import type { Variable } from './variable.ts';

/** What all `-e` together say; the later wins. */
export interface ExtraVariables {
  readonly variables: ReadonlyMap<string, Variable>;
}

/**
 * Reads the values of `-e` in order. Values are YAML: `true` is a boolean, `3` a number,
 * `'3'` a text.
 * @throws UsageError, InventoryError or ManyErrors
 */
export async function parseExtraVariables(args: readonly string[]): Promise<ExtraVariables> {
  const variables = new Map<string, Variable>();
  const errors: PlayError[] = [];
  const report = (error: PlayError): void => void errors.push(error);
  for (const arg of args) {
    for (const variable of await readArgument(arg.trim(), report)) {
      variables.set(variable.name, variable);
    }
  }
  if (errors.length === 1 && errors[0]) throw errors[0];
  if (errors.length > 1) throw new ManyErrors(errors);
  return { variables };
}

async function readArgument(
  arg: string,
  report: (error: PlayError) => void,
): Promise<readonly Variable[]> {
  const { parseVariables, readVariables } = await import('../yaml/file.ts');
  if (arg.startsWith('@')) return readVariables(resolve(arg.slice(1)), report, ' (-e)');
  if (arg.startsWith('{')) return parseVariables(arg, '{…}', report);
  const assignments = splitAssignments(arg);
  if (!assignments) {
    const hint = "write -e key=value, -e @file.yaml or -e '{ key: value }'";
    report(new UsageError('-e: not understood', { hint }));
    return [];
  }
  return assignments.flatMap(([name, value]) =>
    parseVariables(`${name}: ${value === '' ? "''" : value}`, name, report),
  );
}
