/** Modules of the user's own: in a file that is named, or in `modules/` of the working directory. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { didYouMean } from '../../did-you-mean.ts';
import { formatError, UsageError } from '../../errors.ts';
import type { AnyModule } from '../../module/module.ts';
import { modulesOf } from './documentation.ts';
import { explainLoading, type LoadModule } from '../playbook/load.ts';

/** Where modules are looked for, below the working directory. */
export const ownFolder = 'modules';

export interface OwnModules {
  readonly modules: readonly AnyModule[];
  /** Files that do not load, each with the reason. */
  readonly problems: readonly string[];
}

/** Whether a word of the command line means a file rather than a name. */
export const isModuleFile = (word: string): boolean => /[/.]/.test(word);

/**
 * @param path of a file
 * @throws UsageError where there is none, PlaybookError where it does not load
 */
export async function modulesOfFile(path: string, load: LoadModule): Promise<readonly AnyModule[]> {
  const file = resolve(path);
  if (!existsSync(file)) {
    const folder = dirname(file);
    const there = existsSync(folder) ? readdirSync(folder) : [];
    const near = didYouMean(basename(file), there);
    throw new UsageError(`no file ${path}`, {
      hint: near === undefined ? 'play doc lists all modules' : `did you mean ${near}?`,
    });
  }
  try {
    return modulesOf(await load(file));
  } catch (error) {
    throw explainLoading(error, { file, line: 1, column: 1 });
  }
}

/** All of `modules/`, tests left out; a file that is broken hides no other. */
export async function modulesOfFolder(directory: string, load: LoadModule): Promise<OwnModules> {
  const folder = join(directory, ownFolder);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return { modules: [], problems: [] };
  const files = readdirSync(folder).filter((file) => /^[^.]+\.(ts|js|mjs)$/.test(file));
  const modules: AnyModule[] = [];
  const problems: string[] = [];
  for (const file of files.toSorted()) {
    try {
      modules.push(...(await modulesOfFile(join(folder, file), load)));
    } catch (error) {
      problems.push(formatError(error));
    }
  }
  return { modules, problems };
}
