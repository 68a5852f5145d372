/** A list on the host, and steps for each of its lines. */
import { each } from '../../engine/dsl/declare.ts';
import type { EachOptions, Run, Step } from '../../engine/dsl/task.ts';
import { query } from '../../engine/modules/commands/query.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import type { Fleet } from './harness.ts';
import { playOf } from './steps.ts';

/** What the file `list` of the fleet names, a line each. */
export const listed = (on: Fleet, host = '') =>
  query('listed', { shell: `cat ${on.path(`list${host}`)}`, scope: 'host' });

export const lines = (of: ReturnType<typeof query>) => (run: Run) =>
  run.result(of).stdout.split('\n');

/** A copy for each line of the list. */
export function* copies(on: Fleet, options: EachOptions = {}): Generator<Step> {
  const list = listed(on);
  yield list;
  yield each(
    'copies',
    lines(list),
    (name) => [copy('copy', { dest: on.path(name), content: `${name}\n` })],
    options,
  );
}

export const write = (on: Fleet, text: string, file = 'list'): Step =>
  copy(`write ${file}`, { dest: on.path(file), content: text });

/** Another run, in which that is there already. */
export async function withList(on: Fleet, text: string): Promise<void> {
  await on.run(
    playOf(() => [write(on, text)]),
    { limit: 'a' },
  );
}
