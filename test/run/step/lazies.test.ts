import { describe, expect, it } from 'vitest';
import { choose } from '../../../engine/dsl/declare.ts';
import type { Run } from '../../../engine/dsl/task.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { fleet } from '../harness.ts';
import { append, logOf, playOf, shell } from '../steps.ts';

describe('a step whose arguments depend on facts', () => {
  it('joins the second write of its host, with what comes after it', async () => {
    const on = await fleet(['a']);
    const site = playOf(() => [
      copy('plain', { content: 'x', dest: on.path('plain') }),
      copy('facts', { content: (run) => run.facts.kernel, dest: on.path('facts') }),
      copy('more facts', { content: (run) => run.facts.arch, dest: on.path('more') }),
      copy('last', { content: 'x', dest: on.path('last') }),
    ]);
    await on.run(site);
    const ran = await on.run(site);
    expect(ran.ends.every((end) => end.outcome === 'ok')).toBe(true);
    expect(ran.trips('a')).toBeLessThanOrEqual(2);
  });

  it('that waits for a result leaves the read batch but does not end it', async () => {
    const on = await fleet(['a']);
    const site = playOf(function* () {
      const word = query('word', { argv: ['echo', 'hello'] });
      yield word;
      yield copy('reader', { content: (run) => run.result(word).stdout, dest: on.path('reader') });
      for (let index = 0; index < 10; index += 1)
        yield copy(`file ${index}`, { content: 'x', dest: on.path(`f${index}`) });
    });
    await on.run(site);
    const ran = await on.run(site);
    expect(ran.ends.every((end) => end.outcome === 'ok')).toBe(true);
    expect(ran.trips('a')).toBe(2);
  });
});

describe('a lazy value that is wrong fails its step, with file and line', () => {
  const broken = (): never => {
    throw new RangeError('no such disk');
  };
  const places = /lazies\.test\.ts$/;

  it('when the schema refuses it', async () => {
    const on = await fleet(['a']);
    const dest = (): string => 'not/absolute';
    const ran = await on.run(playOf(() => [copy('bad', { content: 'x', dest })]));
    const { outcome, failure } = ran.end('a', 'bad');
    expect(outcome).toBe('failed');
    expect(failure?.message).toMatch(/copy 'bad': dest: .*not\/absolute/);
    expect(failure?.at?.file).toMatch(places);
    expect(ran.exitCode).toBe(2);
  });

  it('when an argument throws', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(playOf(() => [debug('bad', { message: broken })]));
    expect(ran.end('a', 'bad').failure).toMatchObject({ message: 'no such disk' });
    expect(ran.end('a', 'bad').failure?.at?.file).toMatch(places);
  });

  it.each(['when', 'until', 'failedWhen', 'changedWhen', 'on'])(
    'when %s throws',
    async (option) => {
      const on = await fleet(['a', 'b']);
      const ran = await on.run(
        playOf((host) => [
          shell('bad', 'true', host === 'a' ? { [option]: broken } : {}),
          append(on, 'after', host),
        ]),
      );
      expect(ran.end('a', 'bad').failure).toMatchObject({ message: 'no such disk' });
      expect(ran.end('a', 'bad').failure?.at?.file).toMatch(places);
      expect(await logOf(on)).toEqual(['b']);
      expect(ran.exitCode).toBe(2);
    },
  );

  it('when the condition of a runOnce step throws', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(playOf(() => [shell('bad', 'true', { runOnce: true, when: broken })]));
    expect(ran.end('a', 'bad').failure).toMatchObject({ message: 'no such disk' });
    expect(ran.exitCode).toBe(2);
  });

  it('when it makes an action of what must be a handler', async () => {
    const on = await fleet(['a']);
    const state = (): 'touch' => 'touch';
    const ran = await on.run(playOf(() => [file('bad', { path: on.path('x'), state })]));
    expect(ran.end('a', 'bad').failure?.message).toBe(
      "'bad' is an action and would run every time",
    );
  });
});

describe('choose', () => {
  it.each([
    ['red', ['red: ok', 'blue: skipped', 'other: skipped']],
    ['green', ['red: skipped', 'blue: skipped', 'other: ok']],
  ])('%s does that branch, or the default, and skips the others', async (colour, ends) => {
    const on = await fleet(['a']);
    const say = (name: string) => debug(name, { message: name });
    const pick = (run: Run): string => (run.facts.cpus > 0 ? colour : 'none');
    const ran = await on.run(
      playOf(() => [
        choose('colour', pick, { red: [say('red')], blue: [say('blue')], default: [say('other')] }),
      ]),
    );
    expect(ran.lines).toEqual(ends.map((end) => `a ${end}`));
  });

  it('of what is no branch, without a default, skips all', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [choose('c', () => 'green', { red: [debug('red', { message: 'x' })] })]),
    );
    expect(ran.lines).toEqual(['a red: skipped']);
  });
});
