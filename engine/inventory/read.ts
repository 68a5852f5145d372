/** Reads inventories: files, folders, host lists; group_vars and host_vars; the command line. */
import { realpath } from 'node:fs/promises';
import { ManyErrors, PlayError } from '../errors.ts';
import type { Settings } from './connection/settings.ts';
import { takeSettings } from './connection/variables.ts';
import { InventoryBuilder } from './builder.ts';
import type { ExtraVariables } from './variables/extra.ts';
import { resolveGroups } from './groups.ts';
import { hostNames } from './pattern/names.ts';
import { ResolvedInventory } from './resolved.ts';
import { findSources, type Source } from './sources.ts';
import { addVariableFiles } from './variables/variable-files.ts';
import type { Inventory } from './view.ts';

/** What the command line says about every connection; it wins over files. */
export type ConnectionOverrides = Partial<Settings>;

export interface ReadInventoryOptions {
  /** Values of `-i` in order: a file, a folder of files, or `host1,host2,`. */
  readonly files: readonly string[];
  /** Its group_vars and host_vars count too, and win over those beside the inventory. */
  readonly playbookDirectory?: string | undefined;
  /** From `parseExtraVariables`. */
  readonly extra?: ExtraVariables | undefined;
  readonly connection?: ConnectionOverrides | undefined;
}

/**
 * Reads the whole inventory and checks all that can be checked without a schema.
 * @throws InventoryError, or ManyErrors with every mistake of every file
 * @example const inventory = await readInventory({ files: ['inventories/prod.yaml'] });
 */
export async function readInventory(options: ReadInventoryOptions): Promise<Inventory> {
  const builder = new InventoryBuilder();
  const { sources, directories } = await findSources(options.files, builder.report);
  for (const source of sources) await addSource(source, builder);
  for (const directory of directories) await addVariableFiles(directory, 'inventory', builder);
  const beside = options.playbookDirectory;
  if (beside !== undefined && !(await isOneOf(beside, directories))) {
    await addVariableFiles(beside, 'playbook', builder);
  }
  addCommandLine(options, builder);
  for (const layer of builder.layers.all()) takeSettings(layer, builder);
  builder.refuseSharedNames();
  const grouping = resolveGroups(builder);
  const [first, ...more] = builder.errors;
  if (first) throw more.length === 0 ? first : new ManyErrors(builder.errors);
  return new ResolvedInventory(builder, grouping);
}

async function addSource(source: Source, builder: InventoryBuilder): Promise<void> {
  if (source.kind === 'file') {
    const { addInventoryFile } = await import('./yaml/file.ts');
    return addInventoryFile(source.file, builder);
  }
  for (const written of source.hosts) {
    try {
      const { names, port } = hostNames(written);
      for (const name of names) {
        builder.host(name, undefined, builder.group('all', undefined));
        if (port === undefined) continue;
        const variable = { name: 'port', value: port, path: `-i ${written}`, written: undefined };
        builder.layers.set('inventory hosts', name, variable);
      }
    } catch (error) {
      if (!(error instanceof PlayError)) throw error;
      builder.report(error);
    }
  }
}

function addCommandLine(options: ReadInventoryOptions, builder: InventoryBuilder): void {
  for (const [name, value] of Object.entries(options.connection ?? {})) {
    if (value === undefined) continue;
    const variable = { name, value, path: name, written: undefined };
    builder.layers.set('command line connection', '', variable);
  }
  for (const variable of options.extra?.variables.values() ?? []) {
    builder.layers.set('extra', '', variable);
  }
}

async function isOneOf(directory: string, directories: readonly string[]): Promise<boolean> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => path);
  const all = await Promise.all(directories.map(real));
  return all.includes(await real(directory));
}
