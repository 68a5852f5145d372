/** `play <playbook>`: everything up to the first connection, then the run. */
import { dirname, relative } from 'node:path';
import { cleanJson } from '../report/clean.ts';
import type { Sink } from '../report/sink.ts';
import type { Command, CommandContext } from './command.ts';
import { findPlaybook } from './playbook/find.ts';
import { playFlags } from './flags.ts';
import { mainHelp } from './help.ts';
import { listPlays, listText } from './lists.ts';
import { loadPlaybook } from './playbook/load.ts';
import { packageVersion } from './package.ts';
import { parseFlags } from './parse.ts';
import { playSettings, type PlaySettings } from './settings.ts';
import { askPassword } from './terminal.ts';
import { checkTypes } from './playbook/typecheck.ts';
import { connectionOverrides, openInventory, planPlaybook, type Planned } from './wire.ts';

/**
 * @param commands for the help, and for words that are near to one of them
 * @returns the exit code (rule 30, exit codes)
 */
export async function playCommand(
  argv: readonly string[],
  { out, load }: CommandContext,
  commands: readonly Command[],
): Promise<number> {
  const { flags, positionals } = parseFlags(playFlags, argv, 'play');
  if (flags.help || flags.version) {
    out.write(flags.help ? mainHelp(commands) : `${packageVersion()}\n`);
    return 0;
  }
  const names = commands.map(({ name }) => name);
  // Before its flags are looked at: a command that is misspelt is taken for a playbook.
  const [word] = positionals;
  const found = word === undefined ? undefined : findPlaybook(word, names);
  const settings = playSettings(flags, positionals);
  const path = found ?? findPlaybook(settings.playbook, names);
  if (settings.typecheck) checkTypes(path);
  const listing = Object.values(settings.lists).some(Boolean);
  const becomePassword =
    settings.askBecomePassword && !listing ? await askPassword('BECOME password: ') : undefined;
  const inventory = await openInventory({
    files: settings.inventories,
    extraVars: settings.extraVars,
    playbookDirectory: dirname(path),
    connection: connectionOverrides(settings, becomePassword),
  });
  const planned = await planPlaybook(await loadPlaybook(path, load), inventory, settings);
  if (listing) {
    showLists(planned, settings, path, out);
    return 0;
  }
  // Reporters and the run itself are loaded only here: lists answer faster without them.
  const { runWithReports } = await import('./run-with-reports.ts');
  return runWithReports({ ...planned, settings, path, inventory, out });
}

function showLists(
  { plans, shard }: Planned,
  settings: PlaySettings,
  path: string,
  out: Sink,
): void {
  const plays = listPlays(plans);
  const left = shard?.run.left ?? [];
  const text =
    settings.output === 'json'
      ? cleanJson({ playbook: path, plays, ...(shard && { shard: shard.run }) })
      : listText(relative(process.cwd(), path), plays, settings.lists);
  out.write(`${text}\n`);
  if (left.length > 0 && settings.output !== 'json') {
    out.write(`\n  left to the run with --shard-plays rest: ${left.join(', ')}\n`);
  }
}
