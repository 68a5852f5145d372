import { describe, expect, it, vi } from 'vitest';
import { play } from '../../../engine/dsl/declare.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import { assert } from '../../../engine/modules/control/assert.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { atOnceWithin, OpenLinks, type Closable } from '../../../engine/run/hosts/open-links.ts';
import { fleet } from '../harness.ts';

// Real shells, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const playOf = (name: string, tasks: (host: string) => Iterable<Step>, more = {}) =>
  play({ name, hosts: 'web', tasks: ({ host }) => tasks(host.name), ...more });

const say = (name: string, script: string, options = {}) =>
  command(name, { argv: ['sh', '-c', script] }, options);

describe('a connection', () => {
  it('is one for all plays', async () => {
    const on = await fleet(['a']);
    const link = on.link('a', {});
    await on.run([playOf('one', () => [say('x', ':')]), playOf('two', () => [say('y', ':')])]);
    expect(link.opened).toBe(1);
  });

  it('is not opened for a host on which nothing is asked', async () => {
    const on = await fleet(['a']);
    const link = on.link('a', {});
    const ran = await on.run(
      playOf('one', () => [assert('no', { that: false }), say('x', ':')], { gatherFacts: false }),
    );
    expect(ran.exitCode).toBe(2);
    expect(link.opened).toBeUndefined();
  });

  it('is closed as soon as the host has nothing more to do, while others still work', async () => {
    const on = await fleet(['a', 'b']);
    const mark = `tsplayMark${process.pid}`;
    on.link('a', { environment: { [mark]: '1' } });
    const gone = `while [ ! -e ${on.path('done')} ]; do sleep 0.1; done
for i in $(seq 100); do
grep -q -s -l '${mark}=1' /proc/[0-9]*/environ || exit 0
sleep 0.1
done
exit 1`;
    const ran = await on.run(
      playOf(
        'one',
        (host) => [
          host === 'a' ? say('quick', `touch ${on.path('done')}`) : say('sees it go', gone),
        ],
        { strategy: 'free' },
      ),
    );
    expect(ran.lines).toEqual(['a quick: changed', 'b sees it go: changed']);
  });

  it('is there for what another host still does on it', async () => {
    const on = await fleet(['a', 'b']);
    const link = on.link('b', {});
    const ran = await on.run(
      playOf(
        'one',
        (host) =>
          host === 'b'
            ? [say('own', ':')]
            : [
                say('slow', 'sleep 1'),
                copy('on b', { content: 'x', dest: on.path('x') }, { on: 'b' }),
              ],
        { strategy: 'free' },
      ),
    );
    expect(ran.outcome('a', 'on b')).toBe('changed');
    expect(link.opened).toBe(1);
  });

  it('that cannot be opened is tried once for all steps that wait for it', async () => {
    const on = await fleet(['a']);
    on.link('a', { refuse: 'no route' });
    const ran = await on.run(playOf('one', () => [say('x', ':'), say('y', ':')]));
    expect(ran.exitCode).toBe(4);
    expect(ran.lines).toEqual(['a x: unreachable']);
  });
});

describe('many connections', () => {
  const link = (idle: boolean): Closable & { closed: number } => ({
    idle,
    closed: 0,
    close() {
      this.closed += 1;
      return Promise.resolve();
    },
  });

  it('are no more than the controller can hold: the longest unused goes first', () => {
    const open = new OpenLinks(2);
    const [a, b, c] = [link(true), link(true), link(true)];
    for (const each of [a, b, a, c]) open.used(each);
    expect([a.closed, b.closed, c.closed]).toEqual([0, 1, 0]);
  });

  it.each([
    ['a large machine holds a thousand', 8 * 2 ** 30, 20_000, 1365],
    ['memory limits them', 3 * 2 ** 30, 1_000_000, 512],
    ['open files limit them', 64 * 2 ** 30, 4096, 649],
    ['a small machine holds what every one does', 2 ** 29, 1024, 300],
  ])('are as many as the machine can hold: %s', (_, memory, files, expected) => {
    expect(atOnceWithin(memory, files)).toBe(expected);
  });

  it('are more while all of them work', () => {
    const open = new OpenLinks(1);
    const [a, b] = [link(false), link(false)];
    for (const each of [a, b]) open.used(each);
    expect([a.closed, b.closed]).toEqual([0, 0]);
  });
});
