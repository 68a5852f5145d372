import { describe, expect, it } from 'vitest';
import { block, each, flushHandlers, handler, once } from '../../engine/dsl/declare.ts';
import type { Run, Step } from '../../engine/dsl/task.ts';
import { query } from '../../engine/modules/commands/query.ts';
import { addHost } from '../../engine/modules/control/add-host.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { stat } from '../../engine/modules/files/stat.ts';
import { fleet, type Fleet } from './harness.ts';
import { copies, lines, listed, withList } from './each-steps.ts';
import { append, logOf, playOf, shell } from './steps.ts';

describe('each', () => {
  it('makes steps for each item that the run found, with ids that hold its key', async () => {
    const on = await fleet(['a']);
    await withList(on, 'x\ny');
    const ran = await on.run(playOf(() => copies(on)));
    expect(ran.lines).toEqual([
      'a listed: ok',
      'a copies: ok',
      'a copy (x): changed',
      'a copy (y): changed',
    ]);
    expect(ran.ends.map(({ step }) => step.id).slice(2)).toEqual([
      'site/copies[x]/copy',
      'site/copies[y]/copy',
    ]);
    expect(ran.end('a', 'copies').result).toMatchObject({ keys: ['x', 'y'] });
    expect(await on.read('y')).toBe('y\n');
  });

  it('costs an unchanged run one round trip more than what it asks for', async () => {
    const on = await fleet(['a']);
    await withList(on, 'x\ny\nz');
    const site = playOf(() => [...copies(on), copy('behind', { dest: on.path('q'), content: '' })]);
    await on.run(site);
    const again = await on.run(site);
    expect(again.ends.filter(({ outcome }) => outcome === 'changed')).toEqual([]);
    expect(again.trips('a')).toBe(2);
  });

  it('has no steps where nothing was found, and none where what it reads was skipped', async () => {
    const on = await fleet(['a']);
    await withList(on, '');
    const none = playOf(() => {
      const list = listed(on);
      const found = (run: Run) => lines(list)(run).filter((name) => name !== '');
      return [list, each('none', found, (name) => [debug(name, { message: name })])];
    });
    expect((await on.run(none)).lines).toEqual(['a listed: ok', 'a none: ok']);
    const skipped = playOf(() => {
      const list = query('listed', { argv: ['true'] }, { when: () => false });
      return [list, each('none', lines(list), (name) => [debug(name, { message: name })])];
    });
    expect((await on.run(skipped)).lines).toEqual(['a listed: skipped', 'a none: skipped']);
  });

  it('reads results of steps of the same item', async () => {
    const on = await fleet(['a']);
    await withList(on, 'list\nmissing');
    const ran = await on.run(
      playOf(() => {
        const list = listed(on);
        return [
          list,
          each('files', lines(list), function* (name) {
            const there = stat('look', { path: on.path(name) });
            yield copy('found', {
              dest: on.path(`found-${name}`),
              content: (run) => String(run.result(there).exists),
            });
          }),
        ];
      }),
    );
    expect(ran.exitCode).toBe(0);
    expect([await on.read('found-list'), await on.read('found-missing')]).toEqual([
      'true',
      'false',
    ]);
  });

  it('fails at its place where two items have one key, an item has none, or a step is wrong', async () => {
    const on = await fleet(['a']);
    const failing = async (site: () => Step): Promise<string> => {
      const ran = await on.run(playOf(() => [site()]));
      expect(ran.exitCode).toBe(2);
      const { failure } = ran.end('a', 'items');
      expect(failure?.at?.file).toContain('each.test.ts');
      return failure?.message ?? '';
    };
    const none = (): Step[] => [];
    expect(await failing(() => each('items', () => ['x', 'y', 'x'], none))).toBe(
      "'items' has two items 'x'",
    );
    expect(await failing(() => each('items', () => ['x', ''], none))).toContain('an empty key');
    expect(await failing(() => each('items', () => ['x\ny'], none))).toContain('that is no name');
    expect(
      await failing(() => each('items', () => [{}], none, { key: () => undefined as never })),
    ).toContain('without a key');
    expect(
      await failing(() => each('items', () => Array.from({ length: 10_001 }, (_, n) => n), none)),
    ).toBe("'items' has more than 10000 items");
    expect(
      await failing(() =>
        each(
          'items',
          () => ['x'],
          () => [copy('c', { dest: 'x', content: '' })],
        ),
      ),
    ).toContain("copy 'c': dest");
  });

  it('can be rescued, and ignored', async () => {
    const on = await fleet(['a']);
    const wrong = () =>
      each(
        'items',
        () => ['x', 'x'],
        () => [],
      );
    const fails = (name: string) =>
      each(
        'fails',
        () => [name],
        () => [shell('exits', 'exit 1')],
      );
    const ran = await on.run(
      playOf(() => [
        block('b', { tasks: [wrong()], rescue: [debug('rescued', { message: '' })] }),
        block('c', { tasks: [fails('x')], rescue: [debug('rescued too', { message: '' })] }),
      ]),
    );
    expect(ran.lines).toEqual([
      'a items: failed',
      'a rescued: ok',
      'a fails: ok',
      'a exits (x): failed',
      'a rescued too: ok',
    ]);
    const ignored = await on.run(
      playOf(() => [
        each(
          'items',
          () => ['x', 'x'],
          () => [],
          { ignoreErrors: true },
        ),
      ]),
    );
    expect(ignored.exitCode).toBe(0);
  });

  it.each<readonly [string, (on: Fleet) => Step, string]>([
    ['tags', () => debug('d', { message: '' }, { tags: ['x'] }), 'tags'],
    ['runOnce', () => debug('d', { message: '' }, { runOnce: true }), 'runOnce'],
    ['a rolling block', () => block('d', { tasks: [] }, { rolling: true }), 'rolling'],
    [
      'a handler of its own',
      (on) => shell('d', 'true', { notify: handler(append(on, 'late', 'late')) }),
      'handler is declared',
    ],
  ])('refuses %s in its steps', async (_, step, what) => {
    const on = await fleet(['a']);
    const site = playOf(() => [
      each(
        'items',
        () => ['x'],
        function* () {
          yield step(on);
        },
      ),
    ]);
    const ran = await on.run(site);
    expect(ran.end('a', 'items').failure?.message).toContain(`${what} within each()`);
  });

  it('is done by one host for all with runOnce; others wait for its steps', async () => {
    const on = await fleet(['a', 'b', 'c']);
    await withList(on, 'x\ny');
    const site = playOf((host) => {
      const list = listed(on);
      return [
        once('a', list),
        each('items', lines(list), (name) => [append(on, 'add', `each ${name}`)], {
          runOnce: true,
        }),
        append(on, 'behind', `behind ${host}`),
      ];
    });
    await on.run(site);
    const log = await logOf(on);
    expect(log.slice(0, 2)).toEqual(['each x', 'each y']);
    expect(log.slice(2).toSorted()).toEqual(['behind a', 'behind b', 'behind c']);
  });

  it('stands in the order of all hosts as one step: who is in it waits for nobody in it', async () => {
    const on = await fleet(['a', 'b']);
    const counts = { a: 1, b: 3 };
    const site = playOf((host) => [
      append(on, 'before', `before ${host}`),
      each(
        'items',
        () => Array.from({ length: counts[host as 'a'] }, (_, n) => n),
        (n) => [append(on, 'add', `in ${host}${n}`)],
      ),
      append(on, 'behind', `behind ${host}`),
    ]);
    await on.run(site);
    const log = await logOf(on);
    const kind = (line: string): string => line.split(' ')[0] ?? '';
    const kinds = 'before before in in in in behind behind';
    expect(log.map(kind).join(' ')).toBe(kinds);
  });

  it('is selected by its tags, and asks then for what it reads', async () => {
    const on = await fleet(['a']);
    await withList(on, 'x');
    const site = playOf(() => [...copies(on, { tags: ['copies'] }), append(on, 'other', 'other')]);
    const ran = await on.run(site, { tags: ['copies'] });
    expect(ran.lines).toEqual(['a listed: ok', 'a copies: ok', 'a copy (x): changed']);
  });

  it('names no file of the controller outside the project', async () => {
    const on = await fleet(['a']);
    const site = playOf(() => [
      each(
        'items',
        () => ['/etc/passwd', '../up'],
        (src) => [copy('send', { src, dest: on.path('sent') }, { ignoreErrors: true })],
      ),
    ]);
    const ran = await on.run(site);
    for (const name of ['send (/etc/passwd)', 'send (../up)']) {
      expect(ran.end('a', name).failure?.message).toContain("that a host's answer names");
    }
  });

  it('adds hosts for later plays that name them with `?`', async () => {
    const on = await fleet(['a']);
    await withList(on, 'one\ntwo');
    const adding = playOf(() => {
      const list = listed(on);
      const machines = each('machines', lines(list), (name) => [
        addHost('add', { name, groups: ['found'], vars: { transport: 'fake', host: name } }),
      ]);
      return [list, machines];
    });
    const later = playOf(() => [debug('here', { message: '' })], {
      name: 'later',
      hosts: 'found?',
    });
    const ran = await on.run([adding, later]);
    expect(ran.lines.slice(-2).toSorted()).toEqual(['one here: ok', 'two here: ok']);
  });

  it('may hold another one', async () => {
    const on = await fleet(['a']);
    const site = playOf(() => [
      each(
        'outer',
        () => ['x', 'y'],
        (name) => [
          each(
            'inner',
            () => [1, 2],
            (n) => [append(on, 'add', `${name}${n}`)],
          ),
        ],
      ),
    ]);
    const ran = await on.run(site);
    expect(await logOf(on)).toEqual(['x1', 'x2', 'y1', 'y2']);
    expect(ran.lines).toContain('a add (y, 2): changed');
    expect(ran.ends.map(({ step }) => step.id)).toContain('site/outer[y]/inner[2]/add');
  });

  it('runs as the block of a handler, at each flush', async () => {
    const on = await fleet(['a']);
    const site = playOf(() => {
      const roll = handler(
        block('roll', {
          tasks: [
            each(
              'items',
              () => ['x'],
              (n) => [append(on, 'add', n)],
            ),
          ],
        }),
      );
      return [shell('change', 'true', { notify: roll })];
    });
    const ran = await on.run(site);
    expect(ran.lines).toEqual(['a change: changed', 'a items: ok', 'a add (x): changed']);
  });

  it('with runOnce is done once, though its handler runs at two flushes', async () => {
    const on = await fleet(['a', 'b']);
    const site = playOf(() => {
      const add = each(
        'items',
        () => ['x'],
        (n) => [append(on, 'add', n)],
        { runOnce: true },
      );
      const roll = handler(block('roll', { tasks: [add] }));
      return [
        shell('one', 'true', { notify: roll }),
        flushHandlers(),
        shell('two', 'true', { notify: roll }),
      ];
    });
    await on.run(site);
    expect(await logOf(on)).toEqual(['x']);
  });
});
