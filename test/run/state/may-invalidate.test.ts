import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import { play } from '../../../engine/dsl/declare.ts';
import { change, same, type Invalidates } from '../../../engine/module/plan.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { file as fileRead } from '../../../engine/readers/files/file.ts';
import { sh } from '../../../engine/shell/script.ts';
import { fleet } from '../harness.ts';

/** Like a package: it makes the path, and may bring everything below the folders. */
const bundle = defineModule({
  name: 'bundle',
  summary: 'Makes a path.',
  args: z.strictObject({ path: z.string(), brings: z.string() }),
  example: `bundle('one', { path: '/a', brings: '/b' })`,
  reads: (want) => ({ it: fileRead({ path: want.path }) }),
  mayInvalidate: ({ brings }): Invalidates => ({ paths: brings === undefined ? [] : [brings] }),
  plan: (want, { it }) =>
    it
      ? same({})
      : change({
          differences: [{ what: 'state', from: 'absent', to: 'present' }],
          script: sh`mkdir -p ${want.path} ${want.brings}`,
          after: [],
          invalidates: { paths: [want.brings] },
          result: {},
        }),
});

test('in check, what an unknown step may bring is unknown, not absent', async () => {
  const on = await fleet(['a']);
  const path = (...parts: string[]) => on.path(...parts);
  const run = on.run.bind(on);
  const plays = play({
    name: 'p',
    hosts: 'web',
    *tasks() {
      yield bundle('first', { path: path('one'), brings: path('two') });
      yield bundle('second', { path: path('two'), brings: path('three') });
      yield copy('third', { dest: path('three', 'file'), content: 'x' });
      yield copy('elsewhere', { dest: path('file'), content: 'x' });
    },
  });
  const checked = await run(plays, { check: true });
  expect(checked.lines).toEqual([
    'a first: changed',
    'a second: unknown',
    'a third: unknown',
    'a elsewhere: changed',
  ]);
  expect(checked.end('a', 'third').because).toBe("'first'");
  // What check could not know: the first one brings what the second makes, so it brings nothing.
  const applied = await run(plays);
  expect(applied.lines).toEqual(['a first: changed', 'a second: ok', 'a third: failed']);
});
