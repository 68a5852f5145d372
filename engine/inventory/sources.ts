/** What `-i` names: files, folders of files, or a list of hosts. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { didYouMeanHint } from '../did-you-mean.ts';
import { InventoryError, type PlayError } from '../errors.ts';

export type Source =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'hosts'; readonly hosts: readonly string[] };

export interface Sources {
  readonly sources: readonly Source[];
  /** Folders whose group_vars and host_vars belong to the inventory, in order. */
  readonly directories: readonly string[];
}

/** Folders of an inventory that are never read as inventories. */
const variableFolders = new Set(['group_vars', 'host_vars']);
const readable = new Set(['.yaml', '.yml', '.json', '']);

/** Finds what each `-i` names, in order. Mistakes are reported. */
export async function findSources(
  named: readonly string[],
  report: (error: PlayError) => void,
): Promise<Sources> {
  const sources: Source[] = [];
  const directories = new Set<string>();
  for (const name of named) {
    const path = resolve(name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) {
      directories.add(path);
      sources.push(...(await filesOf(path, report)));
    } else if (found) {
      directories.add(dirname(path));
      sources.push({ kind: 'file', file: path });
    } else if (name.includes(',')) {
      const hosts = name.split(',').map((host) => host.trim());
      sources.push({ kind: 'hosts', hosts: hosts.filter((host) => host !== '') });
    } else {
      report(await missing(name, path));
    }
  }
  return { sources, directories: [...directories] };
}

async function filesOf(folder: string, report: (error: PlayError) => void): Promise<Source[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sources: Source[] = [];
  for (const { name } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (name.startsWith('.') || name.endsWith('~') || variableFolders.has(name)) continue;
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory()) continue;
    if (readable.has(extname(name))) sources.push({ kind: 'file', file });
    if (extname(name) === '.ini') {
      const at = { file, line: 1, column: 1 };
      const hint = 'ansible-inventory --list --yaml prints it as YAML';
      report(new InventoryError('this is an INI inventory; tsplay reads YAML', { at, hint }));
    }
  }
  if (sources.length === 0) {
    const hint = 'name a file, or put a .yaml file into the folder';
    report(new InventoryError(`no inventory file in ${folder}`, { hint }));
  }
  return sources;
}

async function missing(name: string, path: string): Promise<PlayError> {
  const beside = await readdir(dirname(path)).catch(() => []);
  const hint =
    didYouMeanHint(basename(path), beside) ?? `for a list of hosts end it with a comma: '${name},'`;
  return new InventoryError(`no such inventory: ${name}`, { hint });
}
