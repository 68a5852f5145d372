import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { play } from '../../../engine/dsl/declare.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import { assert } from '../../../engine/modules/control/assert.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { pause } from '../../../engine/modules/control/pause.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { script } from '../../../engine/modules/commands/script.ts';
import { shell } from '../../../engine/modules/commands/shell.ts';
import { waitFor } from '../../../engine/modules/network/wait-for.ts';
import { fleet } from '../../run/harness.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

const site = (...steps: readonly Step[]) =>
  play({ name: 'site', hosts: 'web', tasks: () => steps });

test('a guard is asked in the environment of the task, before and after it', async () => {
  const on = await fleet(['a']);
  const path = on.path('made');
  const make = () =>
    site(
      shell(
        'make',
        { script: 'echo x > "$WHERE"', unless: ['sh', '-c', '[ -e "$WHERE" ]'] },
        { environment: { WHERE: path } },
      ),
    );
  const check = await on.run(make(), { check: true });
  expect(check.outcome('a', 'make')).toBe('changed');
  expect(existsSync(path)).toBe(false);
  expect((await on.run(make())).outcome('a', 'make')).toBe('changed');
  expect((await on.run(make())).outcome('a', 'make')).toBe('ok');
});

test('a command that does not create what it should fails', async () => {
  const on = await fleet(['a']);
  const ran = await on.run(site(command('make', { argv: ['true'], creates: on.path('none') })));
  expect(ran.end('a', 'make').failure?.message).toContain(`${on.path('none')} is still absent`);
});

test('without a guard an action is unknown in check, and so is who reads its result', async () => {
  const on = await fleet(['a']);
  const path = on.path('invalidated');
  const touch = command('touch', { argv: ['touch', path] });
  const tell = debug('tell', { message: (run) => run.result(touch).stdout });
  const ran = await on.run(site(touch, tell), { check: true });
  expect(ran.lines).toEqual(['a touch: unknown', 'a tell: unknown']);
  expect(existsSync(path)).toBe(false);
});

test('the result of a command is what others are made of', async () => {
  const on = await fleet(['a']);
  const words = command('words', { argv: ['printf', 'one\\ntwo\\n'] });
  const ran = await on.run(
    site(
      words,
      debug('tell', { message: (run) => run.result(words).stdoutLines.join('+') }),
      assert('two', { that: (run) => run.result(words).stdoutLines.length === 2 }),
    ),
  );
  expect(ran.end('a', 'tell').notes).toEqual(['one+two']);
  expect(ran.exitCode).toBe(0);
});

test('a query is asked again until it is right, and fails with what it said', async () => {
  const on = await fleet(['a']);
  const count = on.path('count');
  const counting = `echo x >> ${count}; wc -l < ${count}`;
  const until = { until: (r: { stdout: string }) => Number(r.stdout) >= 3, retries: 5, delay: 0 };
  const ran = await on.run(
    site(
      query('count', { shell: counting, scope: 'host' }, until),
      query('broken', { shell: 'echo no leader >&2; exit 4' }),
    ),
  );
  expect(ran.end('a', 'count')).toMatchObject({ outcome: 'ok', attempts: 3 });
  expect(ran.end('a', 'broken').failure?.message).toMatch(/exit code 4\nno leader/);
});

test('failedWhen may forgive a query its exit code', async () => {
  const on = await fleet(['a']);
  const judged = query('judged', { shell: 'exit 4' }, { failedWhen: (r) => r.code !== 4 });
  expect((await on.run(site(judged))).outcome('a', 'judged')).toBe('ok');
});

test('waiting is no change, and a pause is not made in check', async () => {
  const on = await fleet(['a']);
  const path = on.path('later');
  const began = Date.now();
  expect((await on.run(site(pause('long', { seconds: 60 })), { check: true })).exitCode).toBe(0);
  expect(Date.now() - began).toBeLessThan(30_000);
  setTimeout(() => void writeFile(path, 'ready\n'), 500);
  const ran = await on.run(site(waitFor('file', { path, contains: '^ready$', timeout: 20 })));
  expect(ran.lines).toEqual(['a file: ok']);
});

test('a script of the controller runs on the host', async () => {
  const on = await fleet(['a']);
  await writeFile(on.path('hello.sh'), '#!/bin/sh\nprintf "%s %s" "$1" "$(cat)"\n');
  const hello = script('hello', {
    src: on.path('hello.sh'),
    arguments: ["it's"],
    stdin: 'me',
  });
  const ran = await on.run(site(hello));
  expect(ran.end('a', 'hello').result).toMatchObject({ stdout: "it's me", code: 0 });
});
