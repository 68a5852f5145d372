/** Reads a file's text and parses it; the one door from the inventory to `yaml`. */
import { readFile } from 'node:fs/promises';
import { InventoryError, type PlayError } from '../../errors.ts';
import type { InventoryBuilder } from '../builder.ts';
import type { Variable } from '../variables/variable.ts';
import { parseYaml, type YamlFile } from './document.ts';
import { readInventoryFile } from './inventory-file.ts';
import { variablesOfFile } from './variables.ts';

type Report = (error: PlayError) => void;

/** Reads an inventory file into the builder. */
export async function addInventoryFile(file: string, builder: InventoryBuilder): Promise<void> {
  await withYaml(file, builder.report, (yaml) => readInventoryFile(yaml, builder));
}

/**
 * Reads a file of variables.
 * @param suffix shown behind the name of each: ' (-e)'
 */
export async function readVariables(
  file: string,
  report: Report,
  suffix = '',
): Promise<readonly Variable[]> {
  let variables: readonly Variable[] = [];
  await withYaml(file, report, (yaml) => {
    variables = variablesOfFile(yaml, suffix);
  });
  return variables;
}

/**
 * Reads variables from a text of the command line; mistakes have no place in a file.
 * @param name what the text is called in errors, which must not show its value
 */
export function parseVariables(text: string, name: string, report: Report): readonly Variable[] {
  const yaml = parseYaml(text, '-e', (error) => {
    report(new InventoryError(`-e ${name}: ${error.message}`, { hint: error.hint }));
  });
  const variables = yaml ? variablesOfFile(yaml, ' (-e)') : [];
  return variables.map((each) => ({ ...each, written: undefined }));
}

async function withYaml(
  file: string,
  report: Report,
  body: (yaml: YamlFile) => void,
): Promise<void> {
  const at = { file, line: 1, column: 1 };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    const why = cause instanceof TypeError ? 'it is not UTF-8' : (cause as Error).message;
    report(new InventoryError(`cannot be read: ${why}`, { at, cause }));
    return;
  }
  if (text.startsWith('#!/')) {
    const hint = 'run the script and give its output as a YAML or JSON file';
    report(new InventoryError('programs as inventory are not supported', { at, hint }));
    return;
  }
  const yaml = parseYaml(text, file, report);
  if (!yaml) return;
  try {
    body(yaml);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    report(new InventoryError('cannot be read: it is nested too deeply', { at, cause }));
  }
}
