import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { flushHandlers, handler, play } from '../../../engine/dsl/declare.ts';
import type { Run } from '../../../engine/dsl/task.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { find } from '../../../engine/modules/files/find.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import type { FakeLink } from '../../../engine/transport/fake.ts';
import { fleet, type Fleet } from '../harness.ts';
import { playOf, shell } from '../steps.ts';

// Real shells, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

describe('a read that no script can hold', () => {
  it('fails its own step and no other of the read batch', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        query('before', { argv: ['echo', 'before'] }),
        copy('made', { content: 'x', dest: on.path('made') }),
        query('broken', { argv: ['echo', 'a\0b'] }, { ignoreErrors: true }),
        find('found', { paths: on.folder }),
        find('broken too', { paths: on.folder, contains: 'a\0b' }, { ignoreErrors: true }),
        query('behind', { argv: ['echo', 'behind'] }),
      ]),
    );
    expect(ran.lines.map((line) => line.replace(/^a /, ''))).toEqual([
      'before: ok',
      'made: changed',
      'broken: failed',
      'found: ok',
      'broken too: failed',
      'behind: ok',
    ]);
    expect(ran.end('a', 'broken').failure?.message).toMatch(/NUL/);
  });
});

describe('what hosts share', () => {
  it('is known to a step once it was asked at its turn, though others change things all the while', async () => {
    const on = await fleet(['a', 'b']);
    const asked = on.path('asked');
    const site = play({
      name: 'site',
      hosts: 'web',
      strategy: 'free',
      *tasks({ host }) {
        if (host.name === 'a')
          yield query('slow', { shell: `echo x >>${asked}; sleep 0.4; uname` });
        else for (let count = 0; count < 60; count += 1) yield shell(`${count}`, 'sleep 0.03');
      },
    });
    const ran = await on.run(site);
    expect(ran.outcome('a', 'slow')).toBe('ok');
    expect((await on.read('asked')).length).toBeLessThanOrEqual(4);
  });
});

describe('what hosts share and a change of another host is still under way for', () => {
  /** b asks while a changes it, and asks again when a has ended. */
  const askTwice = (on: Fleet, change: string) =>
    play({
      name: 'site',
      hosts: 'web',
      strategy: 'free',
      *tasks({ host }) {
        const shared = { shell: `cat ${on.path('shared')}` };
        if (host.name === 'a') return yield shell('change', change);
        yield shell('a has begun', until(on, 'begun'));
        const during = query('during', shared);
        yield during;
        // Not read ahead, since it depends on that.
        const when = (r: Run): boolean => r.result(during).code === 0;
        yield query(
          'a has ended',
          { shell: `touch ${on.path('told')}; ${until(on, 'done')}; sleep 0.5`, scope: 'host' },
          { when },
        );
        return yield query('after', shared);
      },
    });
  const until = (on: Fleet, file: string): string =>
    `until test -e ${on.path(file)}; do sleep 0.02; done`;
  const change = (on: Fleet): string =>
    `touch ${on.path('begun')}; ${until(on, 'told')}; echo new > ${on.path('shared')}; touch ${on.path('done')}`;

  it('is asked again as soon as that has begun', async () => {
    const on = await fleet(['a', 'b']);
    await writeFile(on.path('shared'), 'old\n');
    const shared = { shell: `touch ${on.path('asked')}; cat ${on.path('shared')}` };
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        strategy: 'free',
        *tasks({ host }) {
          if (host.name === 'b') {
            // All three leave in one read batch, which a's change overtakes.
            yield query('before', shared);
            yield query('a has begun', { shell: until(on, 'begun'), scope: 'host' });
            yield query('during', shared);
            return yield shell('tell', `touch ${on.path('told')}`);
          }
          yield query('b has asked', { shell: until(on, 'asked'), scope: 'host' });
          const half = `echo half > ${on.path('shared')}; touch ${on.path('begun')}`;
          return yield shell('change', `${half}; ${until(on, 'told')}`);
        },
      }),
    );
    expect(ran.end('b', 'during').result).toMatchObject({ stdout: 'half' });
  });

  it('is asked again when that has ended', async () => {
    const on = await fleet(['a', 'b']);
    await writeFile(on.path('shared'), 'old\n');
    const ran = await on.run(askTwice(on, change(on)));
    expect(ran.end('b', 'during').result).toMatchObject({ stdout: 'old' });
    expect(ran.end('b', 'after').result).toMatchObject({ stdout: 'new' });
  });

  it('is asked again when the connection to that host was lost in the middle', async () => {
    const on = await fleet(['a', 'b']);
    await writeFile(on.path('shared'), 'old\n');
    const link: FakeLink = on.link('a', {
      get cutAfterDown() {
        return existsSync(on.path('done')) && (link.opened ?? 0) < 2 ? 0 : Infinity;
      },
    });
    const ran = await on.run(askTwice(on, change(on)));
    expect(link.opened).toBeGreaterThan(1);
    expect(ran.end('b', 'during').result).toMatchObject({ stdout: 'old' });
    expect(ran.end('b', 'after').result).toMatchObject({ stdout: 'new' });
  });
});

describe('a value that was read ahead is never used stale', () => {
  it('when an apply changes what a later step has read', async () => {
    const on = await fleet(['a']);
    const path = on.path('conf');
    const site = playOf(() => [
      copy('one', { content: 'one\n', dest: path }),
      copy('two', { content: 'two\n', dest: path }),
      copy('two again', { content: 'two\n', dest: path }),
    ]);
    const ran = await on.run(site);
    expect(ran.lines).toEqual(['a one: changed', 'a two: changed', 'a two again: ok']);
    expect(await on.read('conf')).toBe('two\n');
    const again = await on.run(site);
    expect(again.lines).toEqual(['a one: changed', 'a two: changed', 'a two again: ok']);
  });

  it('when a handler stands between two reads of the same file', async () => {
    const on = await fleet(['a']);
    const path = on.path('conf');
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks() {
          const spoil = handler(shell('spoil', `echo spoilt > ${path}`));
          yield copy('before', { content: 'good\n', dest: path }, { notify: spoil });
          yield flushHandlers();
          yield copy('after', { content: 'good\n', dest: path });
        },
      }),
    );
    expect(ran.outcome('a', 'after')).toBe('changed');
    expect(await on.read('conf')).toBe('good\n');
  });

  it('when a command edits a file that is managed', async () => {
    const on = await fleet(['a']);
    const path = on.path('conf');
    await writeFile(path, 'good\n', { mode: 0o644 });
    const ran = await on.run(
      playOf(() => [
        copy('before', { content: 'good\n', dest: path }),
        shell('edit', `echo more >> ${path}`),
        copy('after', { content: 'good\n', dest: path }),
      ]),
    );
    expect(ran.lines).toEqual(['a before: ok', 'a edit: changed', 'a after: changed']);
  });

  it('when a task removes what the next one makes', async () => {
    const on = await fleet(['a']);
    const folder = on.path('folder');
    const site = playOf(() => [
      file('gone', { path: folder, state: 'absent' }),
      file('there', { path: folder, state: 'directory', mode: '0755' }),
      copy('in it', { content: 'x', dest: `${folder}/x` }),
    ]);
    await on.run(site);
    const ran = await on.run(site);
    expect(ran.lines).toEqual(['a gone: changed', 'a there: changed', 'a in it: changed']);
    expect(await on.read('folder', 'x')).toBe('x');
  });

  it('when another host changes it by delegation', async () => {
    const on = await fleet(['a', 'b']);
    const path = on.path('conf');
    await writeFile(path, 'good\n', { mode: 0o644 });
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks({ host }) {
          yield copy('before', { content: 'good\n', dest: path }, { on: 'b' });
          if (host.name === 'a') yield shell('spoil', `echo spoilt > ${path}`, { on: 'b' });
          if (host.name === 'b') yield copy('after', { content: 'good\n', dest: path });
        },
      }),
    );
    expect(ran.outcome('b', 'after')).toBe('changed');
    expect(await on.read('conf')).toBe('good\n');
  });

  it('when another host changes what all hosts share', async () => {
    const on = await fleet(['a', 'b']);
    const path = on.path('shared');
    await writeFile(path, 'old');
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks({ host }) {
          if (host.name === 'a') yield copy('write', { content: 'new', dest: path });
          yield query('look', { argv: ['cat', path] });
        },
      }),
    );
    expect(ran.end('b', 'look').result).toMatchObject({ stdout: 'new' });
  });
});

describe('a link that breaks', () => {
  const site = (on: Fleet) =>
    playOf(() => [
      shell('one', `echo one >> ${on.path('log')}`),
      copy('conf', { content: 'x'.repeat(3000), dest: on.path('conf') }),
      shell('two', `echo two >> ${on.path('log')}`),
    ]);

  it.each([2000, 6000, 9000, 12_000, 15_000])(
    'after %i bytes up never makes an action run twice',
    async (cutAfterUp) => {
      const on = await fleet(['a']);
      on.link('a', { cutAfterUp });
      const ran = await on.run(site(on));
      const log = await on.read('log').catch(() => '');
      expect(log.split('\n').filter((line) => line === 'one').length).toBeLessThanOrEqual(1);
      expect(log.split('\n').filter((line) => line === 'two').length).toBeLessThanOrEqual(1);
      if (ran.exitCode === 0) expect(log).toBe('one\ntwo\n');
    },
  );

  it('once in the middle is made good: nothing runs twice, nothing is left out', async () => {
    const on = await fleet(['a']);
    const link = on.link('a', { cutAfterDown: 9000 });
    const watch = setInterval(() => {
      if ((link.opened ?? 0) > 1) delete link.cutAfterDown;
    }, 5);
    const ran = await on.run(site(on)).finally(() => clearInterval(watch));
    expect(ran.exitCode).toBe(0);
    expect(await on.read('log')).toBe('one\ntwo\n');
  });
});

describe('round trips', () => {
  const files = (on: Fleet, count: number, content = 'x') =>
    playOf(() =>
      Array.from({ length: count }, (_, index) =>
        copy(`file ${index}`, { content: `${content} ${index}`, dest: on.path(`f${index}`) }),
      ),
    );

  it('of a converged play are one, however many tasks there are', async () => {
    const on = await fleet(['a']);
    await on.run(files(on, 60));
    expect((await on.run(files(on, 60))).trips('a')).toBe(1);
  });

  it('are one more for each change', async () => {
    const on = await fleet(['a']);
    const first = await on.run(files(on, 20));
    expect(first.trips('a')).toBe(21);
    await writeFile(on.path('f7'), 'by hand');
    const repair = await on.run(files(on, 20));
    expect(repair.ends.filter((end) => end.outcome === 'changed')).toHaveLength(1);
    expect(repair.trips('a')).toBe(2);
  });
});
