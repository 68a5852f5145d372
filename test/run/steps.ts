/** Plays and steps that the tests of the run share. */
import { readdir, readFile } from 'node:fs/promises';
import { play } from '../../engine/dsl/declare.ts';
import type { Play, PlayDefinition } from '../../engine/dsl/play.ts';
import type { Step, Task, TaskOptions } from '../../engine/dsl/task.ts';
import { command } from '../../engine/modules/commands/command.ts';
import type { Fleet } from './harness.ts';

/** A play of these tasks for all hosts of the fleet. */
export const playOf = (
  tasks: (host: string) => Iterable<Step>,
  more: Partial<PlayDefinition<never>> = {},
): Play => play({ name: 'site', hosts: 'web', tasks: ({ host }) => tasks(host.name), ...more });

type CommandTask = ReturnType<typeof command>;
type ResultOf<T> = T extends Task<infer R> ? R : never;
type CommandOptions = TaskOptions<ResultOf<CommandTask>>;

export const shell = (name: string, script: string, options: CommandOptions = {}): CommandTask =>
  command(name, { argv: ['sh', '-c', script] }, options);

/** An action that adds a line to the fleet's log. */
export const append = (
  on: Fleet,
  name: string,
  line: string,
  options: CommandOptions = {},
): CommandTask => shell(name, `echo "${line}" >> ${on.path('log')}`, options);

/** Lines of the fleet's log; none where nothing wrote it. */
export const logOf = async (on: Fleet): Promise<readonly string[]> => {
  const text = await on.read('log').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
};

/** `host handler` of what runs left pending in the fleet's project. */
export async function pendingIn(on: Fleet): Promise<readonly string[]> {
  const pending = new Set<string>();
  const names = await readdir(on.path('.play', 'pending')).catch(() => []);
  for (const name of names.filter((each) => each.endsWith('.jsonl')).toSorted()) {
    for (const line of (await on.read('.play', 'pending', name)).split('\n').filter(Boolean)) {
      const entry = JSON.parse(line) as { host: string; handler: string; pending: boolean };
      const text = `${entry.host} ${entry.handler}`;
      if (entry.pending) pending.add(text);
      else pending.delete(text);
    }
  }
  return [...pending];
}

/** Whether a process is there and no mere zombie. */
export async function isRunning(id: string): Promise<boolean> {
  const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/^\d+ \(.*\) [ZX]/.test(stat);
}
