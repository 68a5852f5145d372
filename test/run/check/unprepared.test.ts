/** In check, a step that cannot be prepared may change what its arguments name. */
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Run, Step } from '../../../engine/dsl/task.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { fetch } from '../../../engine/modules/files/fetch/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { local } from '../../../engine/modules/commands/local.ts';
import { shell } from '../../../engine/modules/commands/shell.ts';
import { stat } from '../../../engine/modules/files/stat.ts';
import { template } from '../../../engine/modules/files/template.ts';
import { fleet, type Fleet } from '../harness.ts';
import { playOf } from '../steps.ts';

it('its file is unknown where its content is of a file that is only planned', async () => {
  const on = await fleet(['a']);
  await writeFile(on.path('x'), 'A\n');
  const ran = await on.run(
    playOf(() => [
      copy('local', { dest: on.path('one'), content: 'key = 1\n' }, { on: 'localhost' }),
      template('from it', { dest: on.path('x'), src: on.path('one'), vars: {} }),
      lineInFile('line', { path: on.path('x'), line: 'A' }),
      fetch('back', { src: on.path('x'), dest: on.path('one'), flat: true }),
    ]),
    { check: true },
  );
  expect(ran.lines).toEqual([
    'a local: changed',
    'a from it: unknown',
    'a line: unknown',
    'a back: unknown',
  ]);
});

it('its file is unknown where its content is of a result that check does not know', async () => {
  const on = await fleet(['a']);
  const size = query('size', { argv: ['cat', on.path('f')], codes: 'any' });
  const ran = await on.run(
    playOf(() => [
      copy('f', { dest: on.path('f'), content: 'A\n' }),
      size,
      copy('new', { dest: on.path('new'), content: (run) => run.result(size).stdout }),
      file('mode', { path: on.path('new'), mode: '0600' }),
    ]),
    { check: true },
  );
  expect(ran.lines.slice(2)).toEqual(['a new: unknown', 'a mode: unknown']);
});

it('its file is unknown where check does not know whether it runs', async () => {
  const on = await fleet(['a']);
  const size = query('size', { argv: ['cat', on.path('f')], codes: 'any' });
  const ran = await on.run(
    playOf(() => [
      copy('f', { dest: on.path('f'), content: 'A\n' }),
      size,
      copy(
        'new',
        { dest: on.path('new'), content: 'A\n' },
        { when: (run) => run.result(size).stdout !== '' },
      ),
      stat('there', { path: on.path('new') }),
    ]),
    { check: true },
  );
  expect(ran.lines.slice(2)).toEqual(['a new: unknown', 'a there: skipped']);
});

it('what an action may have made is unknown in the plays behind it, for all hosts', async () => {
  const on = await fleet(['a', 'b']);
  for (const host of ['a', 'b']) await mkdir(on.path(host));
  const ran = await on.run(
    [
      playOf((host) => [
        shell('make', {
          script: `echo Z >> ${on.path(host, 'new')}`,
          invalidates: { paths: [on.path(host, 'new')] },
        }),
        ...(host === 'a'
          ? [
              shell('later', {
                script: `(sleep 0.05; echo done > ${on.path('v1')}) >/dev/null 2>&1 &`,
              }),
              stat(
                'wait',
                { path: on.path('v1') },
                { until: (is) => is.exists, retries: 20, delay: 0.05 },
              ),
            ]
          : []),
      ]),
      playOf((host) => [file('mode', { path: on.path(host, 'new'), mode: '0600' })], {
        name: 'behind',
      }),
    ],
    { check: true },
  );
  expect(ran.lines.filter((line) => line.includes('mode')).toSorted()).toEqual([
    'a mode: unknown',
    'b mode: unknown',
  ]);
});

it('what an action names by a link is unknown under the name to which that leads', async () => {
  const on = await fleet(['a']);
  await mkdir(on.path('real'));
  await symlink('real', on.path('cur'));
  const ran = await on.run(
    playOf(() => [
      shell('make', {
        script: `echo Z >> ${on.path('cur/new')}`,
        invalidates: { paths: [on.path('cur/new')] },
      }),
      file('mode', { path: on.path('real/new'), mode: '0600' }),
    ]),
    { check: true },
  );
  expect(ran.lines).toEqual(['a make: unknown', 'a mode: unknown']);
});

it.each<[string, (on: Fleet, text: (run: Run) => string) => Step]>([
  [
    'a fetch',
    (on, text) =>
      fetch('made here', { src: (run) => on.path(text(run)), dest: on.path('one'), flat: true }),
  ],
  [
    'a command on localhost that says it',
    (on, text) =>
      shell(
        'made here',
        {
          script: (run) => `echo ${text(run)} > ${on.path('one')}`,
          invalidates: { paths: [on.path('one')] },
        },
        { on: 'localhost' },
      ),
  ],
])('what %s may write here is unknown to the steps that send it', async (_, make) => {
  const on = await fleet(['a']);
  for (const name of ['one', 'there']) await writeFile(on.path(name), 'A\n');
  const name = query('name', { argv: ['cat', on.path('f')], codes: 'any' });
  const ran = await on.run(
    playOf(() => [
      copy('f', { dest: on.path('f'), content: 'two' }),
      name,
      make(on, (run) => run.result(name).stdout),
      copy('sent', { src: on.path('one'), dest: on.path('there') }),
    ]),
    { check: true },
  );
  expect(ran.lines.slice(2)).toEqual(['a made here: unknown', 'a sent: unknown']);
});

it('a function of the controller may write the file that a later step misses', async () => {
  const on = await fleet(['a']);
  const name = query('name', { argv: ['cat', on.path('f')], codes: 'any' });
  const ran = await on.run(
    playOf(() => [
      copy('f', { dest: on.path('f'), content: 'two' }),
      name,
      local('made here', {
        do: (run) => {
          const from = on.path(run.result(name).stdout);
          return () => copyFile(from, on.path('one'));
        },
        invalidates: 'nothing',
      }),
      copy('sent', { src: on.path('one'), dest: on.path('there') }),
    ]),
    { check: true },
  );
  expect(ran.lines.slice(2)).toEqual(['a made here: unknown', 'a sent: unknown']);
});

it.each<[string, (on: Fleet, holds: (run: Run) => boolean) => Step]>([
  [
    'that may not run',
    (on, holds) =>
      shell(
        'made',
        { script: `echo B > ${on.path('one')}`, invalidates: { paths: [on.path('one')] } },
        { when: holds },
      ),
  ],
  [
    'of which a part is not known',
    (on, holds) =>
      shell('made', {
        script: (run) => `echo ${holds(run)} > ${on.path('one')}`,
        invalidates: { paths: [on.path('one')] },
      }),
  ],
  [
    'whose guard is not known',
    (on) =>
      command('made', {
        argv: ['cp', on.path('other'), on.path('one')],
        creates: on.path('made/by/it'),
        invalidates: { paths: [on.path('one')] },
      }),
  ],
])('what a command says that it changes is unknown behind one %s', async (_, make) => {
  const on = await fleet(['a']);
  await writeFile(on.path('one'), 'A\n');
  const asked = query('asked', { argv: ['cat', on.path('f')], codes: 'any' });
  const ran = await on.run(
    playOf(() => [
      shell('before', {
        script: `mkdir -p ${on.path('made/by')}; echo > ${on.path('made/by/it')}`,
        invalidates: { paths: [on.path('made')] },
      }),
      asked,
      make(on, (run) => run.result(asked).stdout !== ''),
      copy('one', { dest: on.path('one'), content: 'A\n' }),
    ]),
    { check: true },
  );
  expect(ran.lines.slice(2)).toEqual(['a made: unknown', 'a one: unknown']);
});

it('its file is unknown on every host where nobody knows on which it is done', async () => {
  const on = await fleet(['a', 'b']);
  await writeFile(on.path('one'), 'A\n');
  const asked = query('asked', { argv: ['cat', on.path('f')], codes: 'any' });
  const ran = await on.run(
    playOf(() => [
      copy('f', { dest: on.path('f'), content: 'b' }),
      asked,
      copy(
        'made',
        { dest: on.path('one'), content: 'B\n' },
        { runOnce: true, on: (run) => run.result(asked).stdout },
      ),
      lineInFile('line', { path: on.path('one'), line: 'A' }),
    ]),
    { check: true },
  );
  expect(ran.lines.slice(4).toSorted()).toEqual([
    'a line: unknown',
    'a made: unknown',
    'b line: unknown',
  ]);
});
