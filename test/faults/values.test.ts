import { existsSync } from 'node:fs';
import { test } from 'vitest';
import type { Task } from '../../engine/dsl/task.ts';
import { allModules } from '../modules/all-modules.ts';
import { taskOf } from '../modules/idle-modules.ts';
import { moduleFixtures } from '../modules/module-fixtures.ts';
import { fleet } from '../run/harness.ts';
import { playOf } from '../run/steps.ts';
import { hostileValues, withText, type Wanted } from './hostile-values.ts';
import { report } from './trial.ts';

/** Their text is a program of the playbook, or a wait. */
const programs = new Set(['shell', 'local', 'waitFor', 'reboot']);
const internal = /internal error|TypeError|RangeError|is not a function|of undefined|of null/;

test('arguments of modules are data, whatever they hold', { timeout: 300_000 }, async (context) => {
  const on = await fleet(['a']);
  const fixtures = moduleFixtures(on.folder);
  const modules = allModules.filter(({ name, ends }) => ends === undefined && !programs.has(name));
  const tasks: Task<unknown>[] = [];
  let refused = 0;
  for (const module of modules)
    for (const [value, text] of Object.entries(hostileValues(`touch ${on.path('ran')}`)))
      for (const [place, want] of withText(fixtures[module.name]?.want ?? {}, text)) {
        const { data, success } = module.args.safeParse(want);
        if (!success || (module.mistakes?.(data) ?? []).length > 0) refused += 1;
        else tasks.push(taskOf(`${module.name}${place}: ${value}`, module, want as Wanted));
      }
  const ran = await on.run(
    playOf(() => tasks),
    { check: true, diff: true },
  );
  const missed = tasks.flatMap(({ name }) => {
    const said = ran.end('a', name).failure?.message ?? '';
    // The one value that no shell can be given fails its own step only.
    const isSound = !internal.test(said) && (!said.includes('NUL') || name.endsWith('NUL'));
    return isSound ? [] : [`${name}: ${said}`];
  });
  if (existsSync(on.path('ran'))) missed.push('a value was run');
  report(context, {
    fault: `hostile values in every text that a module takes: ${Object.keys(hostileValues('')).join(', ')}`,
    promise:
      'refused, or taken as it is: nothing of it is run, no other step fails by it, and no error is one of the engine',
    tried: refused + tasks.length,
    held: refused + tasks.length - missed.length,
    missed,
  });
});
