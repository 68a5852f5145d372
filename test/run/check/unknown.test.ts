/** In check, what a step may change that is unknown itself is unknown to those behind it. */
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import { action, predict } from '../../../engine/module/plan.ts';
import { value } from '../../../engine/module/reader.ts';
import { file as fileRead } from '../../../engine/readers/files/file.ts';
import { text, textValue } from '../../../engine/readers/files/text.ts';
import { sh } from '../../../engine/shell/script.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { fetch } from '../../../engine/modules/files/fetch/index.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { shell } from '../../../engine/modules/commands/shell.ts';
import { fleet } from '../harness.ts';
import { playOf } from '../steps.ts';

it('the file of which it is not known whether its owner comes', async () => {
  const on = await fleet(['a']);
  await writeFile(on.path('one'), 'A\n');
  const ran = await on.run(
    playOf(() => [
      shell('owner', { script: 'true', invalidates: { readers: ['account', 'accountId'] } }),
      copy('one', { dest: on.path('one'), content: 'B\n', owner: 'nobodyhere' }),
      lineInFile('line', { path: on.path('one'), line: 'A' }),
    ]),
    { check: true },
  );
  expect(ran.lines.slice(1)).toEqual(['a one: unknown', 'a line: unknown']);
  expect(ran.end('a', 'line').because).toBe("'owner'");
});

it('the file whose content a planned step may bring, with what reads it otherwise', async () => {
  const on = await fleet(['a']);
  await writeFile(on.path('one'), 'A\n');
  await writeFile(on.path('other'), 'A\n');
  const ran = await on.run(
    playOf(() => [
      shell('source', { script: 'true', invalidates: { paths: [on.path('source')] } }),
      copy('one', { dest: on.path('one'), remoteSrc: on.path('source') }),
      lineInFile('line', { path: on.path('one'), line: 'A' }),
      lineInFile('beside it', { path: on.path('other'), line: 'A' }),
    ]),
    { check: true },
  );
  expect(ran.lines.slice(1)).toEqual(['a one: unknown', 'a line: unknown', 'a beside it: ok']);
});

it.each<[string, (path: string) => string]>([
  ['whole', (path) => path],
  ['from the folder of the run', (path) => relative(process.cwd(), path)],
])('the file of the controller that it would fetch, named %s', async (_, named) => {
  const on = await fleet(['a']);
  await writeFile(on.path('one'), 'A\n');
  await writeFile(on.path('there'), 'A\n');
  const ran = await on.run(
    playOf(() => [
      shell('source', { script: 'true', invalidates: { paths: [on.path('source')] } }),
      fetch('one', { src: on.path('source'), dest: named(on.path('one')), flat: true }),
      copy('sent', { dest: on.path('there'), src: on.path('one') }),
    ]),
    { check: true },
  );
  expect(ran.lines.slice(1)).toEqual(['a one: unknown', 'a sent: unknown']);
});

it('nothing, where it only asks', async () => {
  const on = await fleet(['a']);
  await writeFile(on.path('one'), 'A\n');
  const ran = await on.run(
    playOf(() => [
      shell('first', { script: 'true', invalidates: { paths: [on.path('made')] } }),
      query('asked', { argv: ['cat', on.path('one')] }),
      lineInFile('line', { path: on.path('one'), line: 'A' }),
    ]),
    { check: true },
  );
  expect(ran.lines.slice(1)).toEqual(['a asked: skipped', 'a line: ok']);
});

/** Fetches what may be there already: its output says whether that was another. */
const refreshed = defineModule({
  name: 'refreshed',
  summary: 'Makes a file what it is elsewhere.',
  args: z.strictObject({ path: z.string() }),
  example: `refreshed('one', { path: '/a' })`,
  reads: ({ path }) => ({ it: fileRead({ path }) }),
  plan: ({ path }) =>
    action({
      script: sh`printf 'B\n' > ${path}; echo another`,
      changed: ({ stdout }) => stdout.includes('another'),
      invalidates: { paths: [path] },
      after: [predict(text(path), value(textValue(Buffer.from('A\n'))))],
      result: () => ({}),
    }),
});

it('what an action may change whose output tells whether it did', async () => {
  const on = await fleet(['a']);
  await writeFile(on.path('one'), 'A\n');
  const plays = playOf(() => [
    refreshed('one', { path: on.path('one') }),
    lineInFile('line', { path: on.path('one'), line: 'A' }),
  ]);
  expect((await on.run(plays, { check: true })).lines).toEqual([
    'a one: unknown',
    'a line: unknown',
  ]);
  expect((await on.run(plays)).lines).toEqual(['a one: changed', 'a line: changed']);
});
