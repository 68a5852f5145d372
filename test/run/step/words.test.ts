import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { block, flushHandlers, handler, play } from '../../../engine/dsl/declare.ts';
import { endBatch } from '../../../engine/modules/control/end-batch.ts';
import { endHost } from '../../../engine/modules/control/end-host.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { endPlay } from '../../../engine/modules/control/end-play.ts';
import { fail } from '../../../engine/modules/control/fail.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { refreshFacts } from '../../../engine/modules/control/refresh-facts.ts';
import { checkOptions } from '../../../engine/plan/options.ts';
import { fleet, type Fleet } from '../harness.ts';
import { append, logOf, pendingIn, playOf, shell } from '../steps.ts';

describe('attempts', () => {
  it('are told to until, changedWhen and failedWhen', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        shell('third', 'true', {
          until: (_, attempts) => attempts === 3,
          changedWhen: (_, attempts) => attempts > 1,
          delay: 0,
        }),
        shell('bad', 'true', {
          failedWhen: (_, attempts) => (attempts === 2 ? false : `attempt ${attempts}`),
          retries: 5,
          delay: 0,
        }),
      ]),
    );
    expect(ran.end('a', 'third')).toMatchObject({ outcome: 'changed', attempts: 3 });
    expect(ran.end('a', 'bad')).toMatchObject({ outcome: 'changed', attempts: 2 });
  });
});

describe('--task-timeout', () => {
  it('holds for tasks that say no timeout, and for what they ask', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        shell('long', 'sleep 60', { ignoreErrors: true }),
        query('asks', { shell: 'sleep 60' }, { ignoreErrors: true }),
        shell('own', 'sleep 1.5', { timeout: 60 }),
      ]),
      { taskTimeout: 1 },
    );
    expect(ran.lines).toEqual(['a long: failed', 'a asks: failed', 'a own: changed']);
  });
});

describe('the order of a play', () => {
  const hosts = ['b2', 'b10', 'a1'];
  it.each([
    ['inventory', hosts],
    ['reverse', hosts.toReversed()],
    ['sorted', ['a1', 'b2', 'b10']],
    ['reverse-sorted', ['b10', 'b2', 'a1']],
  ] as const)('%s', async (order, expected) => {
    const on = await fleet(hosts);
    await on.run(playOf((host) => [append(on, 'x', host)], { order, serial: 1 }));
    expect(await logOf(on)).toEqual(expected);
  });

  it('shuffle has every host once', async () => {
    const on = await fleet(hosts);
    await on.run(playOf((host) => [append(on, 'x', host)], { order: 'shuffle', serial: 1 }));
    expect((await logOf(on)).toSorted()).toEqual(hosts.toSorted());
  });
});

describe('notify on a block', () => {
  it('is notified by each of its tasks that changes something, by none that does not', async () => {
    const on = await fleet(['a']);
    const site = playOf(function* () {
      const outer = handler(append(on, 'outer', 'outer'));
      const inner = handler(append(on, 'inner', 'inner'));
      const own = handler(append(on, 'own', 'own'));
      const dest = (name: string) => ({ content: 'x', dest: on.path(name) });
      yield block(
        'b',
        {
          tasks: [
            copy('one', dest('one'), { notify: own }),
            block('c', { tasks: [copy('two', dest('two'))] }, { notify: [inner] }),
          ],
        },
        { notify: outer },
      );
    });
    await on.run(site);
    expect(await logOf(on)).toEqual(['outer', 'inner', 'own']);
    await on.run(site);
    expect(await logOf(on)).toHaveLength(3);
  });

  it('is not handed on to handlers', async () => {
    const on = await fleet(['a']);
    await on.run(
      playOf(function* () {
        const two = handler(append(on, 'two', 'two'));
        const one = handler(append(on, 'one', 'one'));
        yield block('b', { tasks: [append(on, 'x', 'x', { notify: one })] }, { notify: two });
      }),
    );
    expect(await logOf(on)).toEqual(['x', 'two', 'one']);
  });
});

describe('ignoreUnreachable', () => {
  it('lets the host go on with its next step, which reaches it again', async () => {
    const on = await fleet(['a']);
    const link = on.link('a', { refuse: 'gone' });
    const ran = await on.run(
      playOf(() => [
        shell('first', 'true', { ignoreUnreachable: true }),
        append(on, 'second', 'second'),
      ]),
      {
        listen(event) {
          if (event.event === 'step-end') delete link.refuse;
        },
      },
    );
    expect(ran.lines).toEqual(['a first: unreachable', 'a second: changed']);
    expect(ran.exitCode).toBe(0);
    expect(ran.recap('a')).toMatchObject({ ignored: 1, unreachable: false, changed: 1 });
  });
});

describe('refreshFacts', () => {
  it('asks for them anew, in check too, once for each time', async () => {
    const on = await fleet(['a']);
    const site = (times: number) =>
      playOf(() => [
        shell('kernel', 'true', { when: (run) => run.facts.kernel !== '', changedWhen: false }),
        ...Array.from({ length: times }, (_, index) => refreshFacts(`again ${index}`, {})),
      ]);
    const trips = async (times: number, check: boolean) =>
      (await on.run(site(times), { check })).trips('a');
    expect((await trips(2, false)) - (await trips(0, false))).toBe(2);
    expect((await trips(1, true)) - (await trips(0, true))).toBe(1);
  });
});

describe('endHost', () => {
  it('ends the play for its host alone, which has later plays; what it notified still runs', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run([
      playOf(function* (host) {
        const bang = handler(append(on, 'bang', `bang ${host}`));
        yield append(on, 'x', `x ${host}`, { notify: bang });
        yield block('b', {
          tasks: [
            endHost('enough', {}, { when: (run) => run.host === 'a' }),
            append(on, 'more', `more ${host}`),
          ],
          rescue: [append(on, 'rescue', `rescue ${host}`)],
          always: [append(on, 'always', `always ${host}`)],
        });
        yield flushHandlers();
        yield append(on, 'last', `last ${host}`);
      }),
      play({
        name: 'later',
        hosts: 'web',
        *tasks({ host }) {
          yield append(on, 'later', `later ${host.name}`);
        },
      }),
    ]);
    const log = await logOf(on);
    expect(log.filter((line) => line.endsWith(' a'))).toEqual([
      'x a',
      'always a',
      'bang a',
      'later a',
    ]);
    expect(log.filter((line) => line.endsWith(' b'))).toEqual([
      'x b',
      'more b',
      'always b',
      'bang b',
      'last b',
      'later b',
    ]);
    expect(ran.exitCode).toBe(0);
  });
});

describe('endBatch and endPlay', () => {
  const site = (on: Fleet, end: typeof endBatch | typeof endPlay) =>
    playOf(
      function* (host) {
        const bang = handler(append(on, 'bang', `bang ${host}`));
        yield append(on, 'x', `x ${host}`, { notify: bang });
        yield block('b', {
          tasks: [
            append(on, 'in', `in ${host}`),
            end('enough', {}, { when: (run) => run.host === 'a' }),
            append(on, 'more', `more ${host}`),
          ],
          always: [append(on, 'always', `always ${host}`)],
        });
      },
      { serial: 2 },
    );

  it('end for all hosts of the batch behind the same step, and nothing failed', async () => {
    const on = await fleet(['a', 'b', 'c']);
    const ran = await on.run(site(on, endBatch));
    const log = await logOf(on);
    expect(log.filter((line) => / [ab]$/.test(line)).toSorted()).toEqual([
      'always a',
      'always b',
      'bang a',
      'bang b',
      'in a',
      'in b',
      'x a',
      'x b',
    ]);
    expect(log).toContain('more c');
    expect(ran.exitCode).toBe(0);
    expect(await pendingIn(on)).toEqual([]);
  });

  it('spares the others what they would fail of behind it, and no handler that is due', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(function* (host) {
        const bang = handler(append(on, 'bang', `bang ${host}`));
        yield append(on, 'x', `x ${host}`, { notify: bang, when: (run) => run.host === 'a' });
        if (host === 'b') yield command('slow', { argv: ['sleep', '0.5'], invalidates: {} });
        yield endBatch('enough', {}, { when: (run) => run.host === 'b' });
        if (host === 'a') yield fail('behind it', { message: 'no' });
      }),
    );
    expect(ran.exitCode).toBe(0);
    expect(ran.outcome('a', 'behind it')).not.toBe('failed');
    expect(await logOf(on)).toEqual(['x a', 'bang a']);
    expect(await pendingIn(on)).toEqual([]);
  });

  it('leaves no handler out for which a host waits for its turn already', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(function* (host) {
        const bang = handler(append(on, 'bang', `bang ${host}`));
        const invalidates = {} as const;
        yield append(on, 'x', `x ${host}`, { notify: bang, when: (run) => run.host === 'a' });
        if (host === 'b') yield command('slow', { argv: ['sleep', '0.5'], invalidates });
        yield endBatch('enough', {}, { when: (run) => run.host === 'b' });
      }),
    );
    expect(ran.exitCode).toBe(0);
    expect(await logOf(on)).toEqual(['x a', 'bang a']);
  });

  it('ends the play, whose later batches are named, and not the plays behind it', async () => {
    const on = await fleet(['a', 'b', 'c']);
    const later = playOf((host) => [append(on, 'later', `later ${host}`)], { name: 'later' });
    const ran = await on.run([site(on, endPlay), later]);
    const log = await logOf(on);
    expect(log.filter((line) => line.endsWith(' c'))).toEqual(['later c']);
    expect(log.filter((line) => line.startsWith('later'))).toHaveLength(3);
    expect(ran.events.find(({ event }) => event === 'hosts-left-out')).toMatchObject({
      hosts: ['c'],
      why: "'enough' ended the play",
    });
    expect(ran.exitCode).toBe(0);
  });
});

describe('check of a task', () => {
  it.each([
    ['', false],
    [', in check too', true],
  ])(
    'true only plans it: nothing is written, notified or believed by later steps%s',
    async (_, check) => {
      const on = await fleet(['a']);
      const dest = on.path('conf');
      const ran = await on.run(
        playOf(function* () {
          const bang = handler(append(on, 'bang', 'bang'));
          yield copy('planned', { content: 'x', dest }, { check: true, notify: bang });
          yield copy('done', { content: 'x', dest });
        }),
        { check },
      );
      expect(ran.lines).toEqual(['a planned: changed', 'a done: changed']);
      if (!check) expect(await on.read('conf')).toBe('x');
      expect(await logOf(on)).toEqual([]);
    },
  );

  it('false does it under --check, and what was planned before stays planned', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        copy('planned', { content: 'x', dest: on.path('one') }),
        append(on, 'real', 'real', { check: false }),
        copy('same', { content: 'x', dest: on.path('one') }),
      ]),
      { check: true },
    );
    expect(ran.lines).toEqual(['a planned: changed', 'a real: changed', 'a same: ok']);
    expect(await logOf(on)).toEqual(['real']);
    await expect(on.read('one')).rejects.toThrow('ENOENT');
  });

  it('flows down from a block', async () => {
    const on = await fleet(['a']);
    await on.run(
      playOf(() => [
        block('b', { tasks: [copy('c', { content: 'x', dest: on.path('c') })] }, { check: true }),
      ]),
    );
    await expect(on.read('c')).rejects.toThrow('ENOENT');
  });
});

describe('diff of a task', () => {
  it('is told with its end, and makes the module read what it shows', async () => {
    const on = await fleet(['a']);
    await writeFile(on.path('c'), 'before\n');
    const ran = await on.run(
      playOf(() => [
        copy('shown', { content: 'after\n', dest: on.path('c') }, { diff: true }),
        copy('not', { content: 'x', dest: on.path('d') }, { diff: false }),
      ]),
    );
    const shown = ran.end('a', 'shown');
    expect(shown.diff).toBe(true);
    expect(shown.differences.find(({ text }) => text)?.text).toMatchObject({ before: 'before\n' });
    expect(ran.end('a', 'not').diff).toBe(false);
  });
});

describe('connection of a play', () => {
  it('logs in to its hosts in its way, to those of other plays as the inventory says', async () => {
    const on = await fleet(['a']);
    const link = on.link('a', {});
    const plays = (name: string, more: object) =>
      playOf(() => [append(on, name, name)], { name, ...more });
    const ran = await on.run([
      plays('first', {}),
      plays('here', { connection: { transport: 'local' } }),
      plays('last', {}),
    ]);
    expect(await logOf(on)).toEqual(['first', 'here', 'last']);
    expect(link.opened).toBe(2);
    expect(ran.counters('a').connections).toBe(3);
  });

  it('is refused where it says what is no way in', () => {
    const wrong = { connection: { usr: 'root' } } as object;
    expect(() =>
      checkOptions(
        'play',
        { name: 'x', at: { file: 'x', line: 1, column: 1 } },
        {
          name: 'x',
          hosts: 'web',
          ...wrong,
        },
      ),
    ).toThrow('usr');
  });
});
