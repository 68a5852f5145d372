/** `group_vars/` and `host_vars/` beside the inventory and beside the playbook. */
import { readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { didYouMean } from '../../did-you-mean.ts';
import { formatPlace, InventoryError } from '../../errors.ts';
import type { InventoryBuilder, Side } from '../builder.ts';
import type { Level } from './precedence.ts';

const extensions = new Set(['.yaml', '.yml', '.json']);

/** Adds the variables that a folder has for the groups and hosts of the inventory. */
export async function addVariableFiles(
  directory: string,
  side: Side,
  builder: InventoryBuilder,
): Promise<void> {
  builder.variableFolders.push({ directory, side });
  await addFolder({ directory, side, what: 'group', known: builder.groups }, builder);
  await addFolder({ directory, side, what: 'host', known: builder.hosts }, builder);
}

/** What those folders have for groups and hosts that were not there when the files were read. */
export async function addVariablesOf(
  groups: ReadonlySet<string>,
  hosts: ReadonlySet<string>,
  builder: InventoryBuilder,
): Promise<void> {
  for (const { directory, side } of builder.variableFolders) {
    await addFolder({ directory, side, what: 'group', known: groups, later: true }, builder);
    await addFolder({ directory, side, what: 'host', known: hosts, later: true }, builder);
  }
}

interface Folder {
  readonly directory: string;
  readonly side: Side;
  readonly what: 'group' | 'host';
  readonly known: Pick<ReadonlySet<string>, 'has' | 'keys'>;
  /** Of what is added: everything else has been read. */
  readonly later?: boolean;
}

async function addFolder(of: Folder, builder: InventoryBuilder): Promise<void> {
  const { what, side, known, later = false } = of;
  const levelOf = (name: string): Level => {
    if (what === 'host') return `${side} host_vars`;
    return name === 'all' ? `${side} group_vars/all` : `${side} group_vars`;
  };
  for (const [name, files] of await variableFiles(join(of.directory, `${what}_vars`), builder)) {
    const isImplicit = what === 'host' && name === 'localhost' && !later;
    if (!known.has(name) && !isImplicit) {
      if (!later) warnOfUnknown(what, name, files, known, builder);
      continue;
    }
    const { readVariables } = await import('../yaml/file.ts');
    for (const file of files) {
      for (const variable of await readVariables(file, builder.report)) {
        builder.layers.set(levelOf(name), name, variable);
      }
    }
  }
}

/** A folder may serve several inventories: only what looks like a slip is worth a word. */
function warnOfUnknown(
  what: string,
  name: string,
  files: readonly string[],
  known: Folder['known'],
  builder: InventoryBuilder,
): void {
  const guess = didYouMean(name, known.keys());
  const [file] = files;
  if (guess === undefined || file === undefined) return;
  builder.warnings.push({
    message: `variables for the ${what} '${name}', which is not in the inventory`,
    at: { file, line: 1, column: 1 },
    hint: `did you mean '${guess}'?`,
  });
}

/** Files by the name that they are for: `NAME`, `NAME.yaml`, then those below `NAME/`. */
async function variableFiles(
  folder: string,
  builder: InventoryBuilder,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = new Map<string, string[]>();
  const folders = new Map<string, readonly string[]>();
  for (const { path, name, isFolder } of await entriesOf(folder)) {
    if (isFolder) folders.set(name, await filesBelow(path));
    else {
      const plain = nameOf(name);
      if (plain === undefined) continue;
      const [other] = files.get(plain) ?? [];
      if (other !== undefined) refuseSecond(plain, other, path, builder);
      else files.set(plain, [path]);
    }
  }
  for (const [name, below] of folders) files.set(name, [...(files.get(name) ?? []), ...below]);
  return files;
}

/** The file's name without what it ends with; undefined for files that are no variables. */
function nameOf(file: string): string | undefined {
  const { name, ext } = parse(file);
  if (extensions.has(ext)) return name;
  // A host's name has dots: `web1.example.org` is a file without an ending too.
  return /^\.(?:md|txt|example|sample|bak|orig|swp|age|enc|gpg)$/.test(ext) ? undefined : file;
}

function refuseSecond(
  name: string,
  first: string,
  second: string,
  builder: InventoryBuilder,
): void {
  const at = { file: second, line: 1, column: 1 };
  const other = formatPlace({ file: first, line: 1, column: 1 });
  builder.report(
    new InventoryError(`two files of variables for '${name}'`, {
      at,
      hint: `merge it with ${other}, or put both into a folder '${name}/'`,
    }),
  );
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { path, name, isFolder } of await entriesOf(folder)) {
    if (isFolder) found.push(...(await filesBelow(path)));
    else if (nameOf(name) !== undefined) found.push(path);
  }
  return found;
}

async function entriesOf(folder: string) {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new InventoryError(`cannot be read: ${error.message}`, { cause: error });
  });
  const visible = entries.filter((name) => !name.startsWith('.') && !name.endsWith('~'));
  return Promise.all(
    visible.toSorted().map(async (name) => {
      const path = join(folder, name);
      // A link that dangles is told when it is read.
      const found = await stat(path).catch(() => undefined);
      return { path, name, isFolder: found?.isDirectory() ?? false };
    }),
  );
}
