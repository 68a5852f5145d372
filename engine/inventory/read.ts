/** Reads inventories: files, folders, host lists; group_vars and host_vars; the command line. */
import { realpath } from 'node:fs/promises';
import { ManyErrors, PlayError } from '../errors.ts';
import type { Settings } from './connection/settings.ts';
import { takeSettings } from './connection/variables.ts';
import { InventoryDraft } from './draft.ts';
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
  const draft = new InventoryDraft();
  const { sources, directories } = await findSources(options.files, draft.report);
  for (const source of sources) await addSource(source, draft);
  for (const directory of directories) await addVariableFiles(directory, 'inventory', draft);
  const beside = options.playbookDirectory;
  if (beside !== undefined && !(await isOneOf(beside, directories))) {
    await addVariableFiles(beside, 'playbook', draft);
  }
  addCommandLine(options, draft);
  for (const layer of draft.layers.all()) takeSettings(layer, draft);
  draft.refuseSharedNames();
  const grouping = resolveGroups(draft);
  const [first, ...more] = draft.errors;
  if (first) throw more.length === 0 ? first : new ManyErrors(draft.errors);
  return new ResolvedInventory(draft, grouping);
}

async function addSource(source: Source, draft: InventoryDraft): Promise<void> {
  if (source.kind === 'file') {
    const { addInventoryFile } = await import('./yaml/file.ts');
    return addInventoryFile(source.file, draft);
  }
  for (const written of source.hosts) {
    try {
      const { names, port } = hostNames(written);
      for (const name of names) {
        draft.host(name, undefined, draft.group('all', undefined));
        if (port === undefined) continue;
        const variable = { name: 'port', value: port, path: `-i ${written}`, written: undefined };
        draft.layers.set('inventory hosts', name, variable);
      }
    } catch (error) {
      if (!(error instanceof PlayError)) throw error;
      draft.report(error);
    }
  }
}

function addCommandLine(options: ReadInventoryOptions, draft: InventoryDraft): void {
  for (const [name, value] of Object.entries(options.connection ?? {})) {
    if (value === undefined) continue;
    const variable = { name, value, path: name, written: undefined };
    draft.layers.set('command line connection', '', variable);
  }
  for (const variable of options.extra?.variables.values() ?? []) {
    draft.layers.set('extra', '', variable);
  }
}

async function isOneOf(directory: string, directories: readonly string[]): Promise<boolean> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => path);
  const all = await Promise.all(directories.map(real));
  return all.includes(await real(directory));
}
