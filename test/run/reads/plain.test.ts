/** The plain mode (`--no-lookahead`): one step at a time, read at its turn, nothing remembered. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { handler, play } from '../../../engine/dsl/declare.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { local } from '../../../engine/modules/commands/local.ts';
import { stat } from '../../../engine/modules/files/stat.ts';
import { template } from '../../../engine/modules/files/template.ts';
import { fleet } from '../harness.ts';
import { append, logOf, playOf, shell } from '../steps.ts';

const plain = { lookahead: false } as const;

describe('in plain mode', () => {
  it('each step is asked at its turn, in a round trip of its own', async () => {
    const on = await fleet(['a']);
    const site = playOf(() =>
      Array.from({ length: 10 }, (_, index) =>
        copy(`file ${index}`, { content: 'x', dest: on.path(`f${index}`) }),
      ),
    );
    await on.run(site, plain);
    const again = await on.run(site, plain);
    expect(again.ends.map((end) => end.outcome)).toEqual(Array(10).fill('ok'));
    expect(again.trips('a')).toBe(10);
    expect((await on.run(site)).trips('a')).toBe(1);
  });

  it('a change that nobody tells the engine of is seen by the next step', async () => {
    const on = await fleet(['a']);
    const path = on.path('conf');
    await writeFile(path, 'want\n', { mode: 0o644 });
    const ran = await on.run(
      playOf(() => [
        stat('before', { path }),
        local('behind our back', {
          do: () => () => writeFile(path, 'bad\n'),
          invalidates: 'nothing',
        }),
        copy('after', { content: 'want\n', dest: path }),
      ]),
      plain,
    );
    expect(ran.outcome('a', 'after')).toBe('changed');
    expect(await on.read('conf')).toBe('want\n');
  });

  it('a step that finds everything as wanted waits for its turn too', async () => {
    const on = await fleet(['a', 'b']);
    const path = on.path('conf');
    const ran = await on.run(
      playOf((host) => [
        shell('slow', `sleep ${host === 'b' ? 0.5 : 0}; echo x > ${path}`),
        stat('seen', { path }),
        append(on, 'after', host),
      ]),
      plain,
    );
    const order = ran.lines.map((line) => line.split(':')[0]);
    expect(order.indexOf('a seen')).toBeGreaterThan(order.indexOf('b slow'));
    expect(await logOf(on)).toHaveLength(2);
  });

  it('files and templates of the controller are read at each step', async () => {
    const on = await fleet(['a', 'b']);
    const source = on.path('source');
    const text = on.path('text.hbs');
    await writeFile(source, 'old');
    await writeFile(text, 'old {{n}}');
    const ran = await on.run(
      playOf((host) => [
        copy('first', { src: source, dest: on.path(`first-${host}`) }),
        template('first text', { src: text, dest: on.path(`t1-${host}`), vars: { n: 1 } }),
        local(
          'make',
          {
            do: () => async () => {
              await writeFile(source, 'new');
              await writeFile(text, 'new {{n}}');
            },
          },
          { runOnce: true },
        ),
        copy('second', { src: source, dest: on.path(`second-${host}`) }),
        template('second text', { src: text, dest: on.path(`t2-${host}`), vars: { n: 1 } }),
      ]),
      plain,
    );
    expect(ran.exitCode).toBe(0);
    for (const host of ['a', 'b']) {
      expect(await readFile(on.path(`first-${host}`), 'utf8')).toBe('old');
      expect(await readFile(on.path(`second-${host}`), 'utf8')).toBe('new');
      expect(await readFile(on.path(`t2-${host}`), 'utf8')).toBe('new 1');
    }
  });

  it('check predicts what it predicts else', async () => {
    const on = await fleet(['a']);
    const path = on.path('conf');
    const site = playOf(() => [
      copy('one', { content: 'one\n', dest: path }),
      copy('two', { content: 'two\n', dest: path }),
      copy('two again', { content: 'two\n', dest: path }),
    ]);
    const lines = ['a one: changed', 'a two: changed', 'a two again: ok'];
    expect((await on.run(site, { ...plain, check: true })).lines).toEqual(lines);
    expect((await on.run(site, plain)).lines).toEqual(lines);
  });

  it('many hosts that do their steps on one host come to an end', async () => {
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const on = await fleet(hosts);
    const ran = await on.run(
      playOf((host) => [
        copy('one', { content: host, dest: on.path(`one-${host}`) }, { on: 'a' }),
        copy('two', { content: host, dest: on.path(`two-${host}`) }, { on: 'a' }),
      ]),
      plain,
    );
    expect(ran.exitCode).toBe(0);
    expect(ran.ends.every((end) => end.outcome === 'changed')).toBe(true);
  });

  it('handlers, retries and blocks work as ever', async () => {
    const on = await fleet(['a', 'b']);
    const site = (): ReturnType<typeof play> =>
      play({
        name: 'site',
        hosts: 'web',
        *tasks({ host }) {
          const served = handler(append(on, 'served', `served ${host.name}`));
          yield copy('conf', { content: 'x', dest: on.path(host.name) }, { notify: served });
          yield shell(
            'tries',
            `echo >> ${on.path(`n-${host.name}`)}; [ $(wc -l < ${on.path(`n-${host.name}`)}) = 3 ]`,
            {
              retries: 4,
              delay: 0,
            },
          );
        },
      });
    const ran = await on.run(site(), plain);
    expect(ran.exitCode).toBe(0);
    expect(ran.end('a', 'tries').attempts).toBe(3);
    expect((await logOf(on)).toSorted()).toEqual(['served a', 'served b']);
  });
});
