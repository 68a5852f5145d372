/** Where a playbook is: as given, then in `playbooks/` here, then in the package's own. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { didYouMean } from '../../did-you-mean.ts';
import { UsageError } from '../../errors.ts';
import { packageFolder } from '../package.ts';

const endings = ['', '.ts', '.js'];

/**
 * @param commands that may have been meant
 * @returns the absolute path
 * @throws UsageError that lists where it looked
 */
export function findPlaybook(
  name: string,
  commands: readonly string[],
  directory = process.cwd(),
): string {
  const folders = isAbsolute(name)
    ? ['/']
    : [directory, join(directory, 'playbooks'), join(packageFolder, 'playbooks')];
  // Built, the package's own playbooks are JavaScript; their names stay.
  const bare = name.replace(/\.ts$/, '');
  const names = [...new Set([...endings.map((ending) => name + ending), `${bare}.js`])];
  for (const folder of folders) {
    for (const each of names) {
      const path = resolve(folder, each);
      if (existsSync(path) && statSync(path).isFile()) return path;
    }
  }
  const near = didYouMean(basename(name), [...commands, ...folders.flatMap(playbooksIn)]);
  throw new UsageError(`no playbook ${name}`, {
    hint:
      near === undefined
        ? `looked in ${[...new Set(folders)].join(', ')}`
        : `did you mean ${near}?`,
  });
}

function playbooksIn(folder: string): string[] {
  if (folder === '/' || !existsSync(folder)) return [];
  return readdirSync(folder).filter((file) => /\.(ts|js)$/.test(file) && !file.endsWith('.d.ts'));
}
