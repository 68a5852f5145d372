import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { block, flushHandlers, handler, play } from '../../engine/dsl/declare.ts';
import type { Step } from '../../engine/dsl/task.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { fail } from '../../engine/modules/control/fail.ts';
import { query } from '../../engine/modules/commands/query.ts';
import { fleet, type Fleet } from './harness.ts';

const playOf = (tasks: (host: string) => Iterable<Step>, more = {}) =>
  play({ name: 'site', hosts: 'web', tasks: ({ host }) => tasks(host.name), ...more });

const append = (on: Fleet, name: string, line: string, options = {}) =>
  command(name, { argv: ['sh', '-c', `echo "${line}" >> ${on.path('log')}`] }, options);

describe('a play', () => {
  it('makes the change once: the second run changes nothing', async () => {
    const on = await fleet();
    const site = playOf((host) => [
      copy('conf', { content: 'x\n', dest: on.path(host), mode: '0640' }),
    ]);
    const first = await on.run(site);
    expect(first.lines.toSorted()).toEqual([
      'a conf: changed',
      'b conf: changed',
      'c conf: changed',
    ]);
    const second = await on.run(site);
    expect(second.lines.toSorted()).toEqual(['a conf: ok', 'b conf: ok', 'c conf: ok']);
    expect(second.trips('a')).toBe(1);
  });

  it('keeps the order across hosts: nobody acts before all are past the earlier steps', async () => {
    const on = await fleet();
    on.link('b', { delay: 30 });
    await on.run(
      playOf((host) => [append(on, 'one', `one ${host}`), append(on, 'two', `two ${host}`)]),
    );
    const words = (await on.read('log'))
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(words).toEqual(['one', 'one', 'one', 'two', 'two', 'two']);
  });

  it('goes on with the other hosts when one fails, and exits 2', async () => {
    const on = await fleet();
    const site = playOf((host) => [
      ...(host === 'b' ? [fail('broken', { message: 'no' })] : []),
      append(on, 'after', host),
    ]);
    const ran = await on.run(site);
    expect(ran.exitCode).toBe(2);
    expect((await on.read('log')).trim().split('\n').toSorted()).toEqual(['a', 'c']);
  });

  it('reports an unreachable host, goes on, and exits 4', async () => {
    const on = await fleet();
    on.link('b', { refuse: 'no route to host' });
    const ran = await on.run(playOf((host) => [append(on, 'after', host)]));
    expect(ran.exitCode).toBe(4);
    expect(ran.events.some((event) => event.event === 'host-unreachable')).toBe(true);
    expect((await on.read('log')).trim().split('\n').toSorted()).toEqual(['a', 'c']);
  });
});

describe('handlers', () => {
  it('run once at the end of the play, in the order of their definition', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks() {
          const second = handler(append(on, 'second', 'second'));
          const first = handler(append(on, 'first', 'first'));
          yield append(on, 'x', 'x', { notify: first });
          yield append(on, 'y', 'y', { notify: [second, first] });
        },
      }),
    );
    expect(ran.exitCode).toBe(0);
    expect(await on.read('log')).toBe('x\ny\nsecond\nfirst\n');
  });

  it('run at flushHandlers, and again only if notified again', async () => {
    const on = await fleet(['a']);
    await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks() {
          const bang = handler(append(on, 'bang', 'bang'));
          yield append(on, 'x', 'x', { notify: bang });
          yield flushHandlers();
          yield append(on, 'y', 'y');
        },
      }),
    );
    expect(await on.read('log')).toBe('x\nbang\ny\n');
  });

  it('that a failure left unserved are served by the next run, which says so', async () => {
    const on = await fleet(['a']);
    const site = (broken: boolean) =>
      play({
        name: 'site',
        hosts: 'web',
        *tasks() {
          const bang = handler(append(on, 'bang', 'bang'));
          yield copy('conf', { content: 'x', dest: on.path('conf') }, { notify: bang });
          if (broken) yield fail('broken', { message: 'no' });
        },
      });
    await on.run(site(true));
    await expect(on.read('log')).rejects.toThrow('ENOENT');
    const next = await on.run(site(false));
    expect(next.outcome('a', 'conf')).toBe('ok');
    expect(next.events.some((event) => event.event === 'handlers-pending')).toBe(true);
    expect(await on.read('log')).toBe('bang\n');
    await on.run(site(false));
    expect(await on.read('log')).toBe('bang\n');
  });
});

describe('a block', () => {
  it('rescues a failure, tells what failed, and always runs always', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        block('try', {
          tasks: [fail('broken', { message: 'reason' }), append(on, 'not reached', 'no')],
          rescue: [
            debug('tell', { message: (run) => `${run.failure?.task}: ${run.failure?.message}` }),
          ],
          always: [append(on, 'always', 'always')],
        }),
        append(on, 'after', 'after'),
      ]),
    );
    expect(ran.exitCode).toBe(0);
    expect(ran.end('a', 'tell').notes).toEqual(['broken: reason']);
    expect(await on.read('log')).toBe('always\nafter\n');
  });

  it('rescues an unreachable host too', async () => {
    const on = await fleet(['a', 'b']);
    on.link('b', { refuse: 'gone' });
    const ran = await on.run(
      playOf(() => [
        block('try', {
          tasks: [command('touch it', { argv: ['true'] })],
          rescue: [debug('saved', { message: 'saved' })],
        }),
      ]),
    );
    expect(ran.outcome('b', 'saved')).toBe('ok');
    expect(ran.exitCode).toBe(0);
  });

  it('with throttle is held whole by one host at a time', async () => {
    const on = await fleet();
    await on.run(
      playOf((host) => [
        block(
          'roll',
          { tasks: [append(on, 'stop', `stop ${host}`), append(on, 'start', `start ${host}`)] },
          { throttle: 1 },
        ),
      ]),
    );
    const lines = (await on.read('log')).trim().split('\n');
    for (let pair = 0; pair < 6; pair += 2) {
      expect(lines[pair]?.replace('stop', '')).toBe(lines[pair + 1]?.replace('start', ''));
    }
  });
});

describe('results', () => {
  it('are typed, and a step that reads one waits for it', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks() {
          const answer = command('answer', { argv: ['echo', '42'] });
          yield answer;
          yield copy('keep', {
            content: (run) => run.result(answer).stdout,
            dest: on.path('kept'),
          });
        },
      }),
    );
    expect(ran.exitCode).toBe(0);
    expect(await on.read('kept')).toBe('42');
  });

  it('of a skipped step skip what reads them', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks() {
          const answer = command('answer', { argv: ['echo', '42'] }, { when: () => false });
          yield answer;
          yield debug('tell', { message: (run) => run.result(answer).stdout });
        },
      }),
    );
    expect(ran.lines).toEqual(['a answer: skipped', 'a tell: skipped']);
  });

  it('of runOnce are every host’s; one host does it', async () => {
    const on = await fleet();
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks({ host }) {
          const token = append(on, 'token', 'token', {
            runOnce: true,
            when: () => host.name !== 'a',
          });
          yield token;
          yield debug('tell', { message: (run) => `${run.result(token).changed}` });
        },
      }),
    );
    expect(await on.read('log')).toBe('token\n');
    expect(ran.outcome('b', 'token')).toBe('changed');
    expect(ran.end('c', 'tell').notes).toEqual(['true']);
  });
});

describe('retries', () => {
  it('make the attempts that they say, and report the true count', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [append(on, 'never', 'try', { retries: 3, delay: 0, until: () => false })]),
    );
    expect(ran.end('a', 'never').attempts).toBe(4);
    expect((await on.read('log')).trim().split('\n')).toHaveLength(4);
    expect(ran.exitCode).toBe(2);
  });

  it('ask a query anew each time', async () => {
    const on = await fleet(['a']);
    const log = on.path('looks');
    const look = `echo look >> ${log}; [ "$(wc -l < ${log})" -ge 3 ]`;
    const ran = await on.run(
      playOf(() => [
        query(
          'ready',
          { argv: ['sh', '-c', look], codes: 'any' },
          { retries: 40, delay: 0.01, until: (result) => result.code === 0 },
        ),
      ]),
    );
    expect(ran.outcome('a', 'ready')).toBe('ok');
    expect(ran.end('a', 'ready').attempts).toBe(3);
  });
});

describe('serial', () => {
  it('finishes one batch, handlers included, before the next begins', async () => {
    const on = await fleet();
    await on.run(
      play({
        name: 'site',
        hosts: 'web',
        serial: [1, '50%'],
        *tasks({ host }) {
          const bang = handler(append(on, 'bang', `bang ${host.name}`));
          yield append(on, 'x', `x ${host.name}`, { notify: bang });
        },
      }),
    );
    expect(await on.read('log')).toBe('x a\nbang a\nx b\nbang b\nx c\nbang c\n');
  });

  it('tells which hosts are left out when no host of a batch is left, in the recap too', async () => {
    const on = await fleet(['a', 'b', 'c']);
    const ran = await on.run(playOf(() => [fail('broken', { message: 'no' })], { serial: 1 }));
    expect(ran.events.filter(({ event }) => event === 'hosts-left-out')).toEqual([
      expect.objectContaining({
        play: 'site',
        hosts: ['b', 'c'],
        why: 'no host of batch 1 is left',
      }),
    ]);
    expect(['a', 'b', 'c'].map((host) => ran.recap(host)?.leftOut)).toEqual([false, true, true]);
  });

  it('stops after a batch in which more failed than allowed', async () => {
    const on = await fleet(['a', 'b', 'c', 'd']);
    const ran = await on.run(
      playOf(
        (host) => [
          ...(host < 'c' ? [fail('broken', { message: 'no' })] : []),
          append(on, 'after', host),
        ],
        { serial: 2, maxFailPercentage: 25 },
      ),
    );
    expect(ran.exitCode).toBe(2);
    await expect(on.read('log')).rejects.toThrow('ENOENT');
  });
});

describe('delegation', () => {
  it('does the step on the other host and keeps the result here', async () => {
    const on = await fleet(['a', 'b']);
    await mkdir(on.path('x'));
    const ran = await on.run(
      playOf(
        () => [command('where', { argv: ['sh', '-c', 'echo $HOSTNAME_OF_TEST'] }, { on: 'b' })],
        { hosts: 'a' },
      ),
    );
    expect(ran.exitCode).toBe(0);
    expect(ran.end('a', 'where').on).toBe('b');
  });
});
