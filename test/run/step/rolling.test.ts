import { mkdir, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { block, handler } from '../../../engine/dsl/declare.ts';
import type { BlockOptions, Step } from '../../../engine/dsl/task.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import type { Event } from '../../../engine/report/events.ts';
import { fleet, type Fleet } from '../harness.ts';
import { append, logOf, pendingIn, playOf, shell } from '../steps.ts';

/** A restart that takes a moment and works unless the host's file `bad` is there. */
const restart = (on: Fleet, host: string) => [
  shell('restart', `echo "begin ${host}" >> ${on.path('log')}; sleep 0.1`),
  shell('works', `[ ! -e ${on.path(`bad-${host}`)} ] && echo "works ${host}" >> ${on.path('log')}`),
];

const rolled = (on: Fleet, host: string, options: BlockOptions = { rolling: true }) =>
  block('roll', { tasks: restart(on, host) }, options);

const breakHost = (on: Fleet, host: string) => writeFile(on.path(`bad-${host}`), '');

/** What a host's configuration is, and a handler that rolls it out. */
function* configured(on: Fleet, host: string, options?: BlockOptions): Generator<Step> {
  const roll = handler(rolled(on, host, options));
  yield copy('conf', { content: 'new', dest: on.path(`conf-${host}`) }, { notify: roll });
}

const heldBack = (events: readonly Event[]) =>
  events.filter((event) => event.event === 'host-held-back');

const pending = async (on: Fleet) =>
  (await pendingIn(on)).map((line) => line.replace(/ .*/, '')).toSorted();

describe('a rolling block', () => {
  it('goes through the hosts one after another, in the order of the inventory', async () => {
    const on = await fleet();
    on.link('a', { delay: 50 });
    const ran = await on.run(playOf((host) => [rolled(on, host)]));
    expect(ran.exitCode).toBe(0);
    const all = ['begin a', 'works a', 'begin b', 'works b', 'begin c', 'works c'];
    expect(await logOf(on)).toEqual(all);
  });

  it('lets `atOnce` hosts in once the first one has worked', async () => {
    const on = await fleet(['a', 'b', 'c', 'd']);
    // Behind the first host one waits for another to be there too, however slow the machine is.
    const script = (host: string) => `cd ${on.folder}; mkdir -p in; touch in/${host}
[ ${host} = a ] || until [ -e met ] || [ "$(ls in | wc -l)" -ge 2 ]; do sleep 0.05; done
ls in | wc -l >>log; [ ${host} = a ] || touch met; sleep 0.2; rm in/${host}`;
    await on.run(
      playOf((host) => [
        block('roll', { tasks: [shell('crowd', script(host))] }, { rolling: { atOnce: 2 } }),
      ]),
    );
    const [first, ...others] = await logOf(on);
    expect(first).toBe('1');
    expect(Math.max(...others.map(Number))).toBe(2);
  });

  it('is proven only by a host that had something to change', async () => {
    const on = await fleet(['a', 'b', 'c']);
    await writeFile(on.path('conf-a'), 'x');
    await breakHost(on, 'b');
    const ran = await on.run(
      playOf((host) => {
        const conf = copy('conf', { content: 'x', dest: on.path(`conf-${host}`) });
        const works = shell('works', `[ ! -e ${on.path(`bad-${host}`)} ]`, { changedWhen: false });
        return [block('roll', { tasks: [conf, works] }, { rolling: { atOnce: 5 } })];
      }),
    );
    expect(ran.lines).toEqual(['a conf: ok', 'a works: ok', 'b conf: changed', 'b works: failed']);
    expect(heldBack(ran.events)).toMatchObject([{ host: 'c', block: 'roll', failedOn: 'b' }]);
  });

  it('that fails is not begun on the others, which are told and out of the run', async () => {
    const on = await fleet();
    await breakHost(on, 'a');
    const ran = await on.run([
      playOf((host) => [rolled(on, host), append(on, 'after', `after ${host}`)]),
      playOf((host) => [append(on, 'later', `later ${host}`)], { name: 'later' }),
    ]);
    expect(ran.exitCode).toBe(2);
    expect(await logOf(on)).toEqual(['begin a']);
    expect(heldBack(ran.events)).toMatchObject([
      { host: 'b', block: 'roll', failedOn: 'a' },
      { host: 'c', block: 'roll', failedOn: 'a' },
    ]);
    expect(ran.recap('a')).toMatchObject({ failed: 1, heldBack: false });
    expect(ran.recap('b')).toMatchObject({ failed: 0, heldBack: true });
  });

  it('that fails lets those that are in it end, and begins no further one', async () => {
    const on = await fleet(['a', 'b', 'c', 'd', 'e']);
    const script = (host: string) =>
      host === 'b' ? 'exit 1' : `sleep 0.5; echo "worked ${host}" >> ${on.path('log')}`;
    const ran = await on.run(
      playOf((host) => [
        block('roll', { tasks: [shell('restart', script(host))] }, { rolling: { atOnce: 2 } }),
      ]),
    );
    expect(await logOf(on)).toEqual(['worked a', 'worked c']);
    expect(heldBack(ran.events).map(({ host }) => host)).toEqual(['d', 'e']);
  });

  it('stops for a host that is lost in it', async () => {
    const on = await fleet();
    const link = on.link('a', {});
    const ran = await on.run(
      playOf((host) => [rolled(on, host)]),
      {
        listen(event) {
          if (event.event !== 'step-start' || event.step.name !== 'works') return;
          link.refuse = 'gone';
          link.cutAfterDown = 0;
        },
      },
    );
    expect(ran.recap('a')?.unreachable).toBe(true);
    expect(ran.exitCode).toBe(2);
    expect(heldBack(ran.events).map(({ host }) => host)).toEqual(['b', 'c']);
  });

  it('goes on where its own rescue cured the failure, or it was ignored', async () => {
    const on = await fleet(['a', 'b']);
    await breakHost(on, 'a');
    const cured = (host: string) =>
      block(
        'roll',
        { tasks: restart(on, host), rescue: [append(on, 'back', `back ${host}`)] },
        { rolling: true },
      );
    const rescued = await on.run(playOf((host) => [cured(host)]));
    expect(rescued.exitCode).toBe(0);
    expect(await logOf(on)).toEqual(['begin a', 'back a', 'begin b', 'works b']);
    const ignored = await on.run(
      playOf((host) => [rolled(on, host, { rolling: true, ignoreErrors: true })]),
    );
    expect(ignored.exitCode).toBe(0);
    expect(ignored.outcome('b', 'works')).toBe('changed');
  });

  it('gives what is held back to the rescue and always of the blocks around it', async () => {
    const on = await fleet(['a', 'b']);
    await breakHost(on, 'a');
    const ran = await on.run(
      playOf((host) => [
        block('outer', {
          tasks: [rolled(on, host)],
          rescue: [
            debug('why', { message: (run) => `${run.failure?.task}: ${run.failure?.message}` }),
          ],
          always: [append(on, 'always', `always ${host}`)],
        }),
        append(on, 'after', `after ${host}`),
      ]),
    );
    expect(ran.end('a', 'why').notes?.[0]).toMatch(/^works: /);
    expect(ran.end('b', 'why').notes).toEqual(["roll: held back: 'roll' failed on a"]);
    expect((await logOf(on)).slice(1, 3).toSorted()).toEqual(['always a', 'always b']);
    expect(ran.outcome('b', 'after')).toBe('changed');
    expect(ran.recap('b')).toMatchObject({ rescued: 1, heldBack: false });
    expect(ran.exitCode).toBe(0);
  });

  it('keeps its order where the play is free', async () => {
    const on = await fleet();
    await breakHost(on, 'a');
    const ran = await on.run(
      playOf(
        (host) => [
          ...(host === 'a' ? [] : [shell('slow', 'sleep 0.3')]),
          rolled(on, host),
          append(on, 'after', `after ${host}`),
        ],
        { strategy: 'free' },
      ),
    );
    expect(await logOf(on)).toEqual(['begin a']);
    expect(heldBack(ran.events)).toHaveLength(2);
  });

  it('may stand within a rolling or throttled block, and be the plan of a host alone', async () => {
    const on = await fleet(['a', 'b', 'c']);
    await breakHost(on, 'b');
    const ran = await on.run(
      playOf((host) => [
        block(
          'outer',
          {
            tasks: [block('middle', { tasks: [rolled(on, host)] }, { throttle: 2 })],
            always: [append(on, 'always', `always ${host}`)],
          },
          { rolling: { atOnce: 2 } },
        ),
      ]),
    );
    const log = await logOf(on);
    expect(log.slice(0, 3)).toEqual(['begin a', 'works a', 'always a']);
    expect(log).not.toContain('begin c');
    expect(ran.recap('c')?.heldBack).toBe(true);
  });
});

describe('a rolling handler', () => {
  it('that fails stays pending for all whom it did not serve; the next run serves it', async () => {
    const on = await fleet();
    await breakHost(on, 'a');
    const site = playOf((host) => configured(on, host));
    const failed = await on.run(site);
    expect(failed.exitCode).toBe(2);
    expect(await logOf(on)).toEqual(['begin a']);
    expect(await pending(on)).toEqual(['a', 'b', 'c']);
    await rm(on.path('bad-a'));
    const cured = await on.run(site);
    expect(cured.exitCode).toBe(0);
    const all = ['begin a', 'works a', 'begin b', 'works b', 'begin c', 'works c'];
    expect((await logOf(on)).slice(1)).toEqual(all);
    expect(await pending(on)).toEqual([]);
  });

  it('leaves a host alone that nothing notified', async () => {
    const on = await fleet();
    await writeFile(on.path('conf-b'), 'new');
    await breakHost(on, 'a');
    const ran = await on.run([
      playOf((host) => configured(on, host)),
      playOf((host) => [append(on, 'later', `later ${host}`)], { name: 'later' }),
    ]);
    expect(heldBack(ran.events).map(({ host }) => host)).toEqual(['c']);
    expect(await logOf(on)).toEqual(['begin a', 'later b']);
  });

  it('holds back the batches that have not begun', async () => {
    const on = await fleet(['a', 'b', 'c', 'd']);
    await breakHost(on, 'b');
    const ran = await on.run([
      playOf((host) => configured(on, host), { serial: 2 }),
      playOf((host) => [append(on, 'later', `later ${host}`)], { name: 'later' }),
    ]);
    expect(heldBack(ran.events).map(({ host }) => host)).toEqual(['c', 'd']);
    expect(ran.outcome('c', 'conf')).toBeUndefined();
    expect(ran.recap('d')).toMatchObject({ heldBack: true, changed: 0 });
    expect(await logOf(on)).toEqual(['begin a', 'works a', 'begin b', 'later a']);
    expect(ran.exitCode).toBe(2);
  });

  it('needs no second first host in the next batch', async () => {
    const on = await fleet(['a', 'b', 'c']);
    await on.run(
      playOf((host) => configured(on, host, { rolling: { atOnce: 2 } }), { serial: [1, 2] }),
    );
    const log = await logOf(on);
    expect(log.slice(2, 4).toSorted()).toEqual(['begin b', 'begin c']);
  });

  it('is rolled for real by --limit and shown in check for every host', async () => {
    const on = await fleet();
    await mkdir(on.path('x'));
    const site = playOf((host) => configured(on, host));
    const checked = await on.run(site, { check: true });
    expect(checked.lines.filter((line) => line.includes('restart'))).toEqual([
      'a restart: unknown',
      'b restart: unknown',
      'c restart: unknown',
    ]);
    const limited = await on.run(site, { limit: 'b' });
    expect(limited.exitCode).toBe(0);
    expect(await logOf(on)).toEqual(['begin b', 'works b']);
  });

  it('holds back those whose handlers are forced', async () => {
    const on = await fleet(['a', 'b']);
    for (const host of ['a', 'b']) await breakHost(on, host);
    const ran = await on.run(
      playOf(
        function* (host) {
          yield* configured(on, host);
          yield shell('broken', 'exit 1');
        },
        { forceHandlers: true },
      ),
    );
    expect(await logOf(on)).toHaveLength(1);
    expect(heldBack(ran.events)).toHaveLength(1);
    expect(await pending(on)).toEqual(['a', 'b']);
    expect(ran.exitCode).toBe(2);
  });
});

describe('Ctrl-C while a block rolls', () => {
  it('begins it on no further host, and fails nobody', async () => {
    const on = await fleet();
    const soft = new AbortController();
    const ran = await on.run(
      playOf((host) => configured(on, host)),
      {
        soft: soft.signal,
        listen(event) {
          if (event.event === 'step-start' && event.step.name === 'restart') soft.abort();
        },
      },
    );
    expect(ran.exitCode).toBe(130);
    expect(heldBack(ran.events)).toEqual([]);
    expect((await logOf(on)).length).toBeLessThanOrEqual(1);
    expect(await pending(on)).toEqual(['a', 'b', 'c']);
  });
});
