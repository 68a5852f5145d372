/** `play doc`: all modules on one screen; `play doc systemd`: how one is used. */
import { didYouMean } from '../../did-you-mean.ts';
import { UsageError } from '../../errors.ts';
import type { AnyModule } from '../../module/module.ts';
import { styleFor } from '../../report/style.ts';
import { groupsOf, type ModuleGroup } from './documentation.ts';
import { longList, moduleText, shortList } from './text.ts';
import type { CommandContext, ModuleRooms } from '../command.ts';
import type { docFlags } from '../flags.ts';
import type { Parsed } from '../parse.ts';
import type { LoadModule } from '../playbook/load.ts';
import { isModuleFile, modulesOfFile, modulesOfFolder, ownFolder } from './own-modules.ts';

/**
 * @param further modules outside of the engine
 * @returns the exit code
 */
export async function doc(
  { flags, positionals }: Parsed<typeof docFlags>,
  { out, load }: CommandContext,
  further: ModuleRooms,
): Promise<number> {
  const [word, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError('play doc takes one module');
  const show = (text: string): number => {
    out.write(`${text}\n`);
    return 0;
  };
  const style = styleFor(out.color);
  const pages = (modules: readonly AnyModule[], from?: string): string =>
    modules.map((each) => moduleText(each, style, out.columns, from)).join('\n\n');
  if (word !== undefined && isModuleFile(word)) {
    return show(pages(await modulesIn(word, load)));
  }
  const groups = await allGroups(further);
  const shipped = groups.flatMap(({ modules }) => modules);
  const known = word === undefined ? undefined : named(shipped, word);
  // A file of the user's may be broken: what it is not needed for works without it.
  if (known) {
    const group = groups.find(({ modules }) => modules.includes(known));
    return show(pages([known], group?.from));
  }
  const own = await modulesOfFolder(process.cwd(), load);
  const all = withOwn(groups, own.modules);
  if (word !== undefined) {
    const mine = named(own.modules, word);
    if (mine) return show(pages([mine]));
    const group = all.find(({ name }) => name.startsWith(word.toLowerCase()));
    if (!group) throw unknown(word, [...shipped, ...own.modules], own.problems);
    return show(longList([group], style, out.columns));
  }
  const list = flags.long ? longList : shortList;
  const problems = own.problems.map((problem) => `\nnot shown: ${problem}`);
  return show([list(all, style, out.columns), ...problems].join('\n'));
}

async function allGroups(further: ModuleRooms): Promise<readonly ModuleGroup[]> {
  const { rooms } = await import('../../modules/rooms.ts');
  const loaded = Object.entries(further).map(async ([name, { from, load }]) =>
    groupsOf({ [name]: await load() }, from),
  );
  return [...groupsOf(rooms), ...(await Promise.all(loaded)).flat()];
}

const named = (modules: readonly AnyModule[], name: string): AnyModule | undefined =>
  modules.find((each) => each.name.toLowerCase() === name.toLowerCase());

const withOwn = (groups: readonly ModuleGroup[], own: readonly AnyModule[]) =>
  own.length === 0 ? groups : [...groups, { name: `${ownFolder}/`, from: undefined, modules: own }];

async function modulesIn(path: string, load: LoadModule): Promise<readonly AnyModule[]> {
  const modules = await modulesOfFile(path, load);
  if (modules.length > 0) return modules;
  throw new UsageError(`${path} exports no module`, {
    hint: "export it: export const motd = defineModule({ name: 'motd', … })",
  });
}

function unknown(
  word: string,
  modules: readonly AnyModule[],
  problems: readonly string[],
): UsageError {
  const near = didYouMean(
    word,
    modules.map((each) => each.name),
  );
  const broken = problems.map((problem) => `; not read: ${problem}`).join('');
  return new UsageError(`no module ${word}${broken}`, {
    hint: near === undefined ? 'play doc lists all modules' : `did you mean ${near}?`,
  });
}
