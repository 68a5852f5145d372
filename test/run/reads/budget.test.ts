/** What runs may cost, in round trips, bytes and processes: no clock decides. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { handler, play } from '../../../engine/dsl/declare.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { mirror } from '../../../engine/modules/files/mirror/index.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { fleet, type Fleet } from '../harness.ts';
import { playOf, shell } from '../steps.ts';

// Real shells, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const kib = 1024;

/** Ten kinds in turn: folders, files, lines, links, a guarded command and a query. */
function* mixed(on: Fleet, tasks: number): Generator<Step> {
  for (let index = 0; index < tasks; index += 1) {
    const path = on.path(`m${index}`);
    const kind = index % 10;
    if (kind < 3) yield file(`folder ${index}`, { path, state: 'directory', mode: '0750' });
    else if (kind < 6) yield copy(`file ${index}`, { content: 'text '.repeat(100), dest: path });
    else if (kind < 7) yield lineInFile(`line ${index}`, { path, line: 'a line', create: true });
    else if (kind < 8)
      yield file(`link ${index}`, { path, state: 'link', src: on.path('m3'), force: true });
    else if (kind < 9) yield command(`made ${index}`, { argv: ['touch', path], creates: path });
    else yield query(`asked ${index}`, { argv: ['true'] });
  }
}

const copies = (on: Fleet, count: number, content = 'x') =>
  playOf(() =>
    Array.from({ length: count }, (_, index) =>
      copy(`file ${index}`, { content: `${content} ${index}`, dest: on.path(`f${index}`) }),
    ),
  );

describe('an unchanged play', () => {
  it.each([31, 61, 121])('of %i tasks takes one round trip', async (tasks) => {
    const on = await fleet(['a']);
    const site = playOf(() => mixed(on, tasks));
    await on.run(site);
    const again = await on.run(site);
    expect(again.ends.filter((end) => end.outcome !== 'ok')).toEqual([]);
    expect(again.trips('a')).toBe(1);
  });

  it('takes no more in check', async () => {
    const on = await fleet(['a']);
    const site = playOf(() => mixed(on, 61));
    await on.run(site);
    expect((await on.run(site, { check: true })).trips('a')).toBe(1);
  });

  it('of 31 tasks sends less than 16 KB, and little for each further task', async () => {
    const on = await fleet(['a']);
    await on.run(playOf(() => mixed(on, 121)));
    const sent = async (tasks: number): Promise<number> =>
      (await on.run(playOf(() => mixed(on, tasks)))).counters('a').bytesUp;
    const few = await sent(31);
    expect(few).toBeLessThan(12 * kib);
    expect(((await sent(121)) - few) / 90).toBeLessThan(160);
  });

  it('opens one connection', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(playOf(() => mixed(on, 31)));
    expect(ran.counters('a').connections).toBe(1);
  });
});

describe('changes', () => {
  it.each([1, 5, 20])('of %i files take as many round trips more', async (changes) => {
    const on = await fleet(['a']);
    await on.run(copies(on, 30));
    for (let index = 0; index < changes; index += 1) {
      await writeFile(on.path(`f${index}`), 'by hand');
    }
    const ran = await on.run(copies(on, 30));
    expect(ran.ends.filter((end) => end.outcome === 'changed')).toHaveLength(changes);
    expect(ran.trips('a')).toBe(1 + changes);
  });

  it('send little more than what they write', async () => {
    const on = await fleet(['a']);
    await on.run(copies(on, 30));
    const unchanged = (await on.run(copies(on, 30))).counters('a').bytesUp;
    // Once a session; a quarter of it is for folders of others.
    const functions = 26 * kib;
    for (const index of [1, 2, 3]) await writeFile(on.path(`f${index}`), 'by hand');
    const ran = await on.run(copies(on, 30));
    // Each change asks anew where the paths lead that follow it: some 2 KiB of script.
    expect(ran.counters('a').bytesUp - unchanged).toBeLessThan(functions + 3 * 5 * kib);
  });

  it('and a handler take one round trip each: verification rides along', async () => {
    const on = await fleet(['a']);
    const path = on.path('conf');
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks() {
          const served = handler(shell('served', `cat ${path} > ${on.path('served')}`));
          yield copy('conf', { content: 'new', dest: path }, { notify: served });
          yield copy('other', { content: 'same', dest: on.path('other') });
        },
      }),
    );
    expect(ran.lines).toEqual(['a conf: changed', 'a other: changed', 'a served: changed']);
    expect(await on.read('served')).toBe('new');
    expect(ran.trips('a')).toBeLessThanOrEqual(4);
  });
});

describe('a loop of 100 commands', () => {
  const loop = () =>
    playOf(() =>
      Array.from({ length: 100 }, (_, index) => command(`c${index}`, { argv: ['true'] })),
    );

  it('takes one round trip for each and one for the facts', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(loop());
    expect(ran.exitCode).toBe(0);
    expect(ran.trips('a')).toBeLessThanOrEqual(101);
  });

  it('sends at most 400 bytes for each, beside the functions', async () => {
    const on = await fleet(['a']);
    const { bytesUp } = (await on.run(loop())).counters('a');
    expect(bytesUp).toBeLessThan(20 * kib + 100 * 400);
  });
});

describe('1,000 files', () => {
  it('one task each, unchanged, take a handful of round trips', async () => {
    const on = await fleet(['a']);
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) => writeFile(on.path(`f${index}`), `x ${index}`)),
    );
    const ran = await on.run(copies(on, 1000));
    expect(ran.ends.every((end) => end.outcome === 'ok')).toBe(true);
    expect(ran.trips('a')).toBeLessThanOrEqual(3);
    expect(ran.counters('a').bytesUp).toBeLessThan(200 * kib);
  });

  it.each([
    ['mirror', mirror],
    ['copy', copy],
  ] as const)(
    'of one folder, by %s: a manifest and one stream, and nothing but the manifest after it',
    async (_, module) => {
      const on = await fleet(['a']);
      await mkdir(on.path('local'));
      await Promise.all(
        Array.from({ length: 1000 }, (_, index) =>
          writeFile(on.path('local', `f${index}`), `content ${index}\n`),
        ),
      );
      const site = playOf(() => [module('all', { src: on.path('local'), dest: on.path('there') })]);
      const first = await on.run(site);
      expect(first.outcome('a', 'all')).toBe('changed');
      expect(await on.read('there', 'f999')).toBe('content 999\n');
      // The manifest, the script, its one stream, and the manifest again as verification.
      expect(first.trips('a')).toBe(4);
      const again = await on.run(site);
      expect(again.outcome('a', 'all')).toBe('ok');
      expect(again.trips('a')).toBe(1);
      expect(again.counters('a').bytesUp).toBeLessThan(100 * kib);
      await writeFile(on.path('there', 'f7'), 'by hand');
      const one = await on.run(site);
      expect(one.end('a', 'all').differences).toHaveLength(1);
      expect(one.trips('a')).toBeLessThanOrEqual(4);
    },
  );
});

describe('processes on the host', () => {
  /** Processes that a run started there, as the kernel saw it, and as the run counted them. */
  async function started(on: Fleet, steps: () => Iterable<Step>) {
    const log = on.path('processes');
    await rm(log, { force: true });
    const calls = 'trace=clone,clone3,fork,vfork';
    on.link('a', { shell: ['strace', '-f', '-qq', '-e', calls, '-o', log, '/bin/sh'] });
    const ran = await on.run(playOf(steps));
    const found = /(clone3?|v?fork).*\)\s+= \d+$/;
    const seen = (await readFile(log, 'utf8')).split('\n').filter((line) => found.test(line));
    return { seen: seen.length, counted: ran.counters('a').processes };
  }

  it('of an unchanged play do not grow with its tasks', async () => {
    const on = await fleet(['a']);
    const files = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        copy(`file ${index}`, { content: `x ${index}`, dest: on.path(`f${index}`) }),
      );
    await on.run(playOf(() => files(120)));
    const few = await started(on, () => files(30));
    const many = await started(on, () => files(120));
    // Facts, the files, where paths lead, what is mounted, and which machine it is.
    expect(few.seen).toBeLessThan(19);
    expect(many.seen).toBe(few.seen);
  });

  it('are about as many as the run counts', async () => {
    const on = await fleet(['a']);
    await on.run(playOf(() => mixed(on, 31)));
    const { seen, counted } = await started(on, () => mixed(on, 31));
    expect(counted).toBeGreaterThan(seen * 0.7);
    expect(counted).toBeLessThan(seen * 1.3);
  });
});
