/**
 * What ends reading ahead (rule 11, what ends reading ahead): nothing that was read before is
 * believed behind it.
 */
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { block, flushHandlers, handler, play } from '../../../engine/dsl/declare.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import type { Run, Step } from '../../../engine/dsl/task.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { local } from '../../../engine/modules/commands/local.ts';
import { pause } from '../../../engine/modules/control/pause.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { stat } from '../../../engine/modules/files/stat.ts';
import { waitFor } from '../../../engine/modules/network/wait-for.ts';
import { fleet, type Fleet } from '../harness.ts';
import { playOf, shell } from '../steps.ts';

/** The host alters the file by itself a while later. */
const later = (on: Fleet, text: string, path: string, seconds = 0.3) =>
  shell('begin', `(sleep ${seconds}; echo ${text} > ${on.path(path)}) >/dev/null 2>&1 &`);

const wanted = (on: Fleet, name = 'right') =>
  copy(name, { dest: on.path('conf'), content: 'want\n' });

const onlyB = { when: (run: Run): boolean => run.host === 'b' };

const rightBefore = (on: Fleet): Promise<void> =>
  writeFile(on.path('conf'), 'want\n', { mode: 0o644 });

describe('time that the play lets pass ends reading ahead:', () => {
  it('a pause', async () => {
    const on = await fleet(['a']);
    await rightBefore(on);
    const ran = await on.run(
      playOf(() => [later(on, 'broken', 'conf'), pause('wait', { seconds: 1 }), wanted(on)]),
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
    expect(await on.read('conf')).toBe('want\n');
  });

  it('a query that was asked until it held', async () => {
    const on = await fleet(['a']);
    const path = on.path('made');
    const seen = stat('seen', { path });
    const ran = await on.run(
      playOf(() => [
        later(on, 'x', 'made'),
        query(
          'poll',
          { shell: `test -e ${path}`, codes: 'any' },
          { until: (result) => result.code === 0, retries: 30, delay: 0.1 },
        ),
        seen,
        lineInFile('line', { path, line: 'y' }),
      ]),
    );
    expect(ran.end('a', 'seen').result).toMatchObject({ exists: true });
    expect(ran.outcome('a', 'line')).toBe('changed');
    expect(await on.read('made')).toBe('x\ny\n');
  });

  it('a module that was read until it held', async () => {
    const on = await fleet(['a']);
    const path = on.path('made');
    const ran = await on.run(
      playOf(() => [
        later(on, 'x', 'made'),
        stat('poll', { path }, { until: (result) => result.exists, retries: 30, delay: 0.1 }),
        lineInFile('line', { path, line: 'y' }),
      ]),
    );
    expect(ran.exitCode).toBe(0);
    expect(await on.read('made')).toBe('x\ny\n');
  });

  it('what a step waits for and finds at its first look, once something was changed', async () => {
    const on = await fleet(['a']);
    await rightBefore(on);
    // Queries go last in a write: the file was read already when this one sees to it itself.
    const meanwhile = `echo broken > ${on.path('conf')}`;
    const ran = await on.run(
      playOf(() => [
        file('first', { path: on.path('folder'), state: 'directory' }),
        query('poll', { shell: meanwhile }, { until: (result) => result.code === 0 }),
        wanted(on),
      ]),
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
    expect(await on.read('conf')).toBe('want\n');
  });

  it.each<[string, (on: Fleet) => Step]>([
    ['a pause', () => pause('wait', { seconds: 0.8 }, onlyB)],
    [
      'a query that is asked until it holds',
      (on) =>
        query(
          'wait',
          { shell: `grep -q broken ${on.path('conf')}`, codes: 'any' },
          { ...onlyB, until: (result) => result.code === 0, retries: 100, delay: 0.05 },
        ),
    ],
    ['a waitFor', (on) => waitFor('wait', { path: on.path('conf'), contains: 'broken' }, onlyB)],
  ])('%s on another host, for those behind it', async (_, wait) => {
    const on = await fleet(['a', 'b']);
    await rightBefore(on);
    const ran = await on.run(
      playOf((host) => [
        later(on, 'broken', 'conf'),
        wait(on),
        ...(host === 'a' ? [wanted(on)] : []),
      ]),
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
    expect(await on.read('conf')).toBe('want\n');
  });

  it('attempts with a delay between them', async () => {
    const on = await fleet(['a']);
    await rightBefore(on);
    const ran = await on.run(
      playOf(() => [
        later(on, 'broken', 'conf'),
        file('first', { path: on.path('folder'), state: 'directory' }),
        command(
          'tries',
          { argv: ['test', '-e', on.path('never')], invalidates: {} },
          { retries: 1, delay: 1, ignoreErrors: true },
        ),
        wanted(on),
      ]),
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
  });

  it('a long wait for the turn, once something was changed', async () => {
    const on = await fleet(['a', 'b']);
    await rightBefore(on);
    const invalidates = {} as const;
    const ran = await on.run(
      playOf((host) => [
        ...(host === 'a'
          ? [later(on, 'broken', 'conf', 0.8)]
          : [command('slow', { argv: ['sleep', '2'], invalidates })]),
        command('both', { argv: ['true'], invalidates }),
        ...(host === 'a' ? [wanted(on)] : []),
      ]),
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
  });

  it('a long wait for a throttle', async () => {
    const on = await fleet(['a', 'b']);
    await rightBefore(on);
    const act = (name: string, script: string) =>
      command(name, { argv: ['sh', '-c', script], invalidates: {} });
    const breaking = `(sleep 1.5; echo broken > ${on.path('conf')}) >/dev/null 2>&1 &`;
    const ran = await on.run(
      playOf((host) => [
        file('first', { path: on.path(`folder-${host}`), state: 'directory' }),
        host === 'a' ? act('begin', breaking) : act('come later', 'sleep 0.5'),
        block(
          'one by one',
          { tasks: [...(host === 'b' ? [wanted(on)] : []), act('slow', 'sleep 2.2')] },
          { throttle: 1 },
        ),
      ]),
    );
    expect(ran.outcome('b', 'right')).toBe('changed');
  });

  it('a person who thinks', async () => {
    const on = await fleet(['a']);
    await rightBefore(on);
    const ran = await on.run(
      playOf(() => [file('first', { path: on.path('folder'), state: 'directory' }), wanted(on)]),
      {
        async confirm(node) {
          if (node.task.name === 'first') return 'yes';
          await new Promise((resolve) => setTimeout(resolve, 1100));
          await writeFile(on.path('conf'), 'by hand\n');
          return 'yes';
        },
      },
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
  });
});

describe('a step that is done elsewhere ends reading ahead on the host that asks:', () => {
  const push = (on: Fleet, target: string, script: string) => [
    file('first', { path: on.path('folder'), state: 'directory' }),
    shell('push', script, { on: target }),
  ];

  it.each(['localhost', 'b'])('what a command on %s makes is seen', async (target) => {
    const on = await fleet(['a', 'b']);
    const path = on.path('pushed');
    const site = playOf((host) =>
      host === 'b'
        ? []
        : [
            ...push(on, target, `echo pushed > ${path}`),
            stat('seen', { path }),
            file('mode', { path, state: 'file', mode: '0600' }),
          ],
    );
    const ran = await on.run(site);
    expect(ran.end('a', 'seen').result).toMatchObject({ exists: true });
    expect(ran.exitCode).toBe(0);
  });

  it('what a command on localhost breaks is mended', async () => {
    const on = await fleet(['a']);
    await rightBefore(on);
    const ran = await on.run(
      playOf(() => [...push(on, 'localhost', `echo broken > ${on.path('conf')}`), wanted(on)]),
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
  });

  it('what a module changes there, by what it says', async () => {
    const on = await fleet(['a', 'b']);
    await rightBefore(on);
    const ran = await on.run(
      playOf((host) =>
        host === 'b'
          ? []
          : [
              file('first', { path: on.path('folder'), state: 'directory' }),
              copy('other', { dest: on.path('conf'), content: 'other\n' }, { on: 'b' }),
              wanted(on),
            ],
      ),
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
  });

  it.each([undefined, 'free'] as const)('done once for all, strategy %s', async (strategy) => {
    const on = await fleet(['a', 'b', 'c']);
    const hosts = ['a', 'b', 'c'];
    for (const host of hosts) await writeFile(on.path(host), 'want\n', { mode: 0o644 });
    const broken = hosts.map((host) => `echo broken > ${on.path(host)}`).join('; ');
    const ran = await on.run(
      playOf(
        (host) => [
          file('first', { path: on.path(`folder-${host}`), state: 'directory' }),
          shell('break', broken, { on: 'localhost', runOnce: true }),
          copy('right', { dest: on.path(host), content: 'want\n' }),
        ],
        strategy ? { strategy } : {},
      ),
    );
    expect(ran.exitCode).toBe(0);
    for (const host of hosts) expect(ran.outcome(host, 'right')).toBe('changed');
  });
});

describe('an action that does not say what it invalidates reaches every host:', () => {
  it.each<[string, (on: Fleet) => ReturnType<typeof local> | ReturnType<typeof shell>]>([
    [
      'work of the controller for another host',
      (on) =>
        local(
          'break',
          { do: () => () => writeFile(on.path('conf'), 'broken\n') },
          { when: (run) => run.host === 'b' },
        ),
    ],
    [
      'a command of another host',
      (on) =>
        shell('break', `sleep 0.3; echo broken > ${on.path('conf')}`, {
          when: (run) => run.host === 'b',
        }),
    ],
    [
      'a guarded command of another host',
      (on) =>
        command(
          'break',
          {
            argv: ['sh', '-c', `sleep 0.3; echo broken > ${on.path('conf')}`],
            creates: on.path('no such'),
          },
          { when: (run) => run.host === 'b' },
        ),
    ],
  ])('%s', async (_, step) => {
    const on = await fleet(['a', 'b']);
    await rightBefore(on);
    const ran = await on.run(
      playOf((host) => [
        file('first', { path: on.path(`folder-${host}`), state: 'directory' }),
        step(on),
        ...(host === 'a' ? [wanted(on)] : []),
      ]),
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
    expect(await on.read('conf')).toBe('want\n');
  });

  it('one that says what it invalidates reaches nothing else', async () => {
    const on = await fleet(['a']);
    const many = (invalidates?: 'host' | { readonly paths: readonly string[] }) =>
      playOf(() => [
        file('first', { path: on.path('folder'), state: 'directory' }),
        command('action', {
          argv: ['true'],
          ...(invalidates && { invalidates: invalidates as 'host' }),
        }),
        wanted(on),
      ]);
    await on.run(many());
    const all = (await on.run(many())).trips('a');
    const said = (await on.run(many({ paths: [on.path('else')] }))).trips('a');
    expect(said).toBeLessThanOrEqual(all);
    expect((await on.run(many('host'))).outcome('a', 'right')).toBe('ok');
  });
});

describe('a handler that works on another host', () => {
  const breaking = (on: Fleet) =>
    handler(shell('break', `echo broken > ${on.path('conf')}`, { on: 'a' }));

  it('takes part in the order of that host, as a task does', async () => {
    const on = await fleet(['a', 'b']);
    await rightBefore(on);
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks() {
          const notify = breaking(on);
          yield shell('notes', 'sleep 0.3', { notify, when: (run) => run.host === 'b' });
          yield flushHandlers();
          yield wanted(on);
        },
      }),
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
    expect(await on.read('conf')).toBe('want\n');
  });

  it('does so inside a block', async () => {
    const on = await fleet(['a', 'b']);
    await rightBefore(on);
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks() {
          const notify = handler(
            block('all of it', {
              tasks: [
                shell('nothing', 'sleep 0.2'),
                copy('other', { dest: on.path('conf'), content: 'broken\n' }, { on: 'a' }),
              ],
            }),
          );
          yield shell('notes', 'sleep 0.2', { notify, when: (run) => run.host === 'b' });
          yield flushHandlers();
          yield wanted(on);
        },
      }),
    );
    expect(ran.outcome('a', 'right')).toBe('changed');
    expect(await on.read('conf')).toBe('want\n');
  });
});

it('hosts that change nothing go ahead in one round trip, however many guarded commands there are', async () => {
  const on = await fleet(['a', 'b', 'c']);
  const site = playOf((host) =>
    Array.from({ length: 10 }, (_, index) => [
      command(`made ${index}`, {
        argv: ['touch', on.path(`${host}${index}`)],
        creates: on.path(`${host}${index}`),
      }),
      file(`is ${index}`, { path: on.path(`${host}${index}`), state: 'file' }),
    ]).flat(),
  );
  await on.run(site);
  const again = await on.run(site);
  expect(again.ends.every((end) => end.outcome === 'ok')).toBe(true);
  for (const host of ['a', 'b', 'c']) expect(again.trips(host)).toBe(1);
});
