import { release } from 'node:os';
import { describe, expect, it } from 'vitest';
import { block, choose, flushHandlers, handler, play, role } from '../../engine/dsl/declare.ts';
import type { Play, PlayDefinition } from '../../engine/dsl/play.ts';
import type { Step, WithFacts } from '../../engine/dsl/task.ts';
import { z } from 'zod';
import { addHost } from '../../engine/modules/control/add-host.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { fleet } from './harness.ts';
import { append, logOf, playOf, shell } from './steps.ts';

/** A play of these tasks behind the facts of its hosts. */
const behindFacts = (
  tasks: (facts: WithFacts['facts'], host: string) => Iterable<Step>,
  more: Partial<PlayDefinition<never, Record<never, never>, 'first'>> = {},
): Play =>
  play({
    name: 'site',
    hosts: 'web',
    gather: 'first',
    tasks: ({ facts, host }) => tasks(facts, host.name),
    ...more,
  });

const say = (name: string): Step => debug(name, { message: name });

describe('a play that gathers facts first', () => {
  it('has them as a plain value, while its steps are made', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      behindFacts(function* ({ kernel, cpus }) {
        yield say(`on ${kernel === '' ? 'nothing' : 'a kernel'}`);
        for (let cpu = 0; cpu < Math.min(cpus, 1); cpu += 1) yield say(`cpu ${cpu}`);
      }),
    );
    expect(ran.lines.toSorted()).toEqual([
      'a cpu 0: ok',
      'a on a kernel: ok',
      'b cpu 0: ok',
      'b on a kernel: ok',
    ]);
  });

  it('costs an unchanged run the facts and one round trip', async () => {
    const on = await fleet(['a']);
    const site = behindFacts(function* ({ kernel }) {
      for (const name of ['one', 'two', 'three']) {
        yield copy(name, { dest: on.path(name), content: `${kernel}\n` });
      }
    });
    await on.run(site);
    const again = await on.run(site);
    expect(again.ends.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    expect(again.trips('a')).toBe(2);
  });

  it('costs nothing more where no step looks at them', async () => {
    const on = await fleet(['a']);
    const site = behindFacts(() => [copy('one', { dest: on.path('one'), content: 'x' })]);
    await on.run(site);
    expect((await on.run(site)).trips('a')).toBe(1);
  });

  it('loses a host that cannot be reached, when its batch begins, and goes on with the others', async () => {
    const on = await fleet(['a', 'b', 'c']);
    on.link('b', { refuse: 'no route' });
    const site = behindFacts(({ kernel }) => [say(kernel === '' ? 'none' : 'some')], {
      serial: [1, 2],
    });
    const ran = await on.run(site);
    expect(ran.lines).toEqual(['a some: ok', 'c some: ok']);
    expect(ran.exitCode).toBe(4);
    expect(ran.recap('b')?.unreachable).toBe(true);
    const starts = ran.events.flatMap((event) =>
      event.event === 'play-start' ? [event.hosts.join()] : [],
    );
    expect(starts).toEqual(['a', 'b,c']);
  });

  it('ends for all hosts where one cannot be reached and anyErrorsFatal is set', async () => {
    const on = await fleet(['a', 'b']);
    on.link('b', { refuse: 'no route' });
    const site = behindFacts(({ kernel }) => [append(on, 'act', kernel)], { anyErrorsFatal: true });
    const ran = await on.run(site);
    expect(ran.exitCode).toBe(4);
    expect(await logOf(on)).toEqual([]);
  });

  it('is planned before it changes anything: a mistake of one host is told, and nothing done', async () => {
    const on = await fleet(['a', 'b']);
    const site = behindFacts(function* ({ kernel }, host) {
      yield append(on, 'act', kernel);
      if (host === 'b') yield copy('wrong', { dest: `relative/${kernel}`, content: '' });
    });
    const ran = await on.run([
      playOf(() => [append(on, 'before', 'before')], { name: 'early' }),
      site,
    ]);
    expect(ran.exitCode).toBe(1);
    expect(await logOf(on)).toEqual(['before', 'before']);
    const told = ran.events.flatMap((event) => (event.event === 'message' ? [event.text] : []));
    expect(told.join()).toContain("play 'site' cannot be planned with the facts of its hosts");
  });

  it('refuses before anything connects what does not hang on facts', async () => {
    const on = await fleet(['a']);
    const link = on.link('a', {});
    const site = behindFacts(function* (facts) {
      yield copy('wrong', { dest: 'relative', content: '' });
      yield say(facts.kernel);
    });
    await expect(on.run(site)).rejects.toThrow("copy 'wrong'");
    expect(link.opened).toBeUndefined();
  });

  it('is planned in check as in the run', async () => {
    const on = await fleet(['a']);
    const site = behindFacts(({ arch }) => [copy('arch', { dest: on.path('x'), content: arch })]);
    expect((await on.run(site, { check: true })).lines).toEqual(['a arch: changed']);
    expect((await on.run(site)).lines).toEqual(['a arch: changed']);
    expect((await on.run(site, { check: true })).lines).toEqual(['a arch: ok']);
  });

  it('ends with the run where the person interrupts it before the facts', async () => {
    const on = await fleet(['a']);
    const stop = new AbortController();
    stop.abort();
    const ran = await on.run(
      behindFacts(({ kernel }) => [say(kernel)]),
      { soft: stop.signal },
    );
    expect(ran.exitCode).toBe(130);
    expect(ran.lines).toEqual([]);
  });

  it('selects by tags and by --start-at-task what is made behind the facts', async () => {
    const on = await fleet(['a']);
    const site = behindFacts(function* (facts) {
      yield say('first');
      yield say('second');
      yield debug('third', { message: facts.kernel }, { tags: ['late'] });
    });
    const before = playOf(() => [say('zero')], { name: 'before' });
    const tagged = await on.run([before, site], { tags: ['late'] });
    expect(tagged.lines).toEqual(['a third: ok']);
    const started = await on.run([before, site], { startAtTask: 'second' });
    expect(started.lines).toEqual(['a second: ok', 'a third: ok']);
  });

  it('is not connected to where --start-at-task lies behind it', async () => {
    const on = await fleet(['a']);
    const site = behindFacts(({ kernel }) => [say(kernel)]);
    const later = playOf(() => [say('here')], { name: 'later' });
    const ran = await on.run([site, later], { startAtTask: 'here' });
    expect(ran.lines).toEqual(['a here: ok']);
    expect(ran.trips('a')).toBe(0);
  });

  it('merges the steps of hosts whose facts differ, in one order', async () => {
    const on = await fleet(['a', 'b']);
    const site = behindFacts(function* ({ kernel }, host) {
      yield append(on, 'first', `${host} first`);
      if (kernel !== '' && host === 'b') yield append(on, 'own', 'own');
      yield append(on, 'last', `${host} last`);
    });
    await on.run(site);
    const log = await logOf(on);
    expect(log.slice(0, 2).toSorted()).toEqual(['a first', 'b first']);
    expect(log[2]).toBe('own');
    expect(log.slice(3).toSorted()).toEqual(['a last', 'b last']);
  });

  it('knows what an earlier play gathered already', async () => {
    const on = await fleet(['a']);
    const early = playOf(() => [shell('read', 'true')], { name: 'early' });
    const ran = await on.run([early, behindFacts(({ kernel }) => [say(`k${kernel.length > 0}`)])]);
    expect(ran.lines).toEqual(['a read: changed', 'a ktrue: ok']);
    const alone = await on.run(early);
    expect(ran.trips('a')).toBe(alone.trips('a'));
  });

  it('runs its handlers, and those that a failure left pending', async () => {
    const on = await fleet(['a']);
    const site = (fails: boolean) =>
      behindFacts(function* ({ kernel }) {
        const restart = handler(shell('restart', `echo restart >> ${on.path('log')}`));
        yield copy('conf', { dest: on.path('conf'), content: kernel }, { notify: restart });
        if (fails) yield shell('fails', 'exit 1');
        yield flushHandlers();
        yield append(on, 'end', 'end');
      });
    expect((await on.run(site(true))).exitCode).toBe(2);
    expect(await logOf(on)).toEqual([]);
    await on.run(site(false));
    expect((await logOf(on)).toSorted()).toEqual(['end', 'restart']);
  });

  it('can add hosts: later plays that name them with `?` have them', async () => {
    const on = await fleet(['a']);
    const site = behindFacts(({ kernel }) => [
      addHost('more', {
        name: `new${kernel === '' ? 0 : 1}`,
        groups: ['late'],
        vars: { transport: 'fake', host: 'late-one' },
      }),
    ]);
    const later = playOf(() => [say('here')], { name: 'later', hosts: 'late?' });
    expect((await on.run([site, later])).lines).toEqual(['a more: ok', 'new1 here: ok']);
  });

  it.each(['alone', 'behind a play that has gathered them'])(
    'goes on without the host whose facts would lead up in the files of the controller, %s',
    async (how) => {
      const on = await fleet(['a', 'b']);
      // As long as the truth: an answer says how long it is.
      const lie = '../'.repeat(release().length).slice(0, release().length);
      on.link('b', { shell: ['/bin/sh', '-c', `/bin/sh | sed -u 's#${release()}#${lie}#'`] });
      const site = behindFacts((facts) => [append(on, 'act', facts.kernel)]);
      const early = playOf(() => [shell('early', 'true')], { name: 'early' });
      const ran = await on.run(how === 'alone' ? site : [early, site]);
      expect(ran.lines.filter((line) => line.includes('act'))).toEqual(['a act: changed']);
      expect(ran.exitCode).toBe(2);
      expect(await logOf(on)).toEqual([release()]);
      const told = ran.events.flatMap((event) => (event.event === 'message' ? [event.text] : []));
      expect(told.join()).toContain('b says "../');
    },
  );
});

describe('a role that gathers facts first', () => {
  const tuned = role({
    name: 'tuned',
    vars: z.strictObject({ size: z.int().default(1) }),
    gather: 'first',
    uses: { big: ({ facts, vars }) => facts.memory > vars.size },
    *tasks({ facts, big }) {
      yield say(`${facts.kernel === '' ? 'no' : 'a'} kernel, ${big ? 'big' : 'small'}`);
    },
  });

  it('sees them in a play that does too', async () => {
    const on = await fleet(['a']);
    const site = behindFacts(
      () => [
        block('in a block', { tasks: [tuned({ size: 2 }, { as: 'second' })] }),
        choose('by value', 'yes', { yes: [say('chosen')], no: [say('left')] }),
      ],
      { roles: [tuned] },
    );
    expect((await on.run(site)).lines).toEqual([
      'a a kernel, big: ok',
      'a a kernel, big: ok',
      'a chosen: ok',
    ]);
  });

  it('is refused in one that does not', async () => {
    const on = await fleet(['a']);
    await expect(on.run(playOf(() => [tuned]))).rejects.toThrow(
      "role 'tuned' gathers facts first, and its play does not",
    );
  });
});
