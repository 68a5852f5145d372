/** In check, a step that cannot be prepared may change what its arguments name. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { fetch } from '../../../engine/modules/files/fetch/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { shell } from '../../../engine/modules/commands/shell.ts';
import { stat } from '../../../engine/modules/files/stat.ts';
import { template } from '../../../engine/modules/files/template.ts';
import { fleet } from '../harness.ts';
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
  expect(ran.lines.filter((line) => line.includes('mode'))).toEqual([
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
