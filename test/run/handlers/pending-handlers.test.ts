import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { block, flushHandlers, handler, play, role } from '../../../engine/dsl/declare.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { fail } from '../../../engine/modules/control/fail.ts';
import { fleet, type Fleet } from '../harness.ts';
import { append, logOf, pendingIn, playOf, shell } from '../steps.ts';

const messages = (events: readonly { readonly event: string }[]) =>
  events.flatMap((event) => (event.event === 'message' && 'text' in event ? [event.text] : []));

/** A role with a flush, and behind it a node whose handler refuses a bad setting. */
const site = (on: Fleet, setting: string) => {
  const proxy = role({
    name: 'proxy',
    vars: z.strictObject({}),
    *tasks() {
      const reload = handler(append(on, 'reload', 'reload'));
      yield append(on, 'proxy', 'proxy', { notify: reload });
      yield flushHandlers();
    },
  });
  const node = role({
    name: 'node',
    vars: z.strictObject({}),
    *tasks() {
      const conf = on.path('conf');
      const works = shell('works', `grep -qx good ${conf}`);
      const roll = handler(
        block('roll', { tasks: [append(on, 'restart', 'restart'), works] }, { throttle: 1 }),
      );
      yield copy('conf', { content: `${setting}\n`, dest: conf }, { notify: roll });
      yield append(on, 'behind', 'behind');
    },
  });
  return play({ name: 'nodes', hosts: 'web', roles: [proxy, node] });
};

describe('a pending handler', () => {
  it('runs behind the step that mends what it failed of, not at a flush before it', async () => {
    const on = await fleet(['a']);
    expect((await on.run(site(on, 'bad'))).exitCode).toBe(2);
    const mended = await on.run(site(on, 'good'));
    expect(mended.lines).toEqual([
      'a proxy: changed',
      'a reload: changed',
      'a conf: changed',
      'a behind: changed',
      'a restart: changed',
      'a works: changed',
    ]);
    expect(mended.exitCode).toBe(0);
    const again = await on.run(site(on, 'good'));
    expect(again.outcome('a', 'restart')).toBeUndefined();
  });

  it('runs at the first flush behind the last step that could notify it', async () => {
    const on = await fleet(['a']);
    const plays = (broken: boolean) =>
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield copy('one', { content: 'x', dest: on.path('one') }, { notify: bang });
        if (broken) yield fail('broken', { message: 'no' });
        yield flushHandlers('early');
        yield copy('two', { content: 'x', dest: on.path('two') }, { notify: bang });
        yield append(on, 'between', 'between');
        yield flushHandlers('late');
        yield append(on, 'last', 'last');
      });
    await on.run(plays(true));
    await on.run(plays(false));
    expect(await logOf(on)).toEqual(['between', 'bang', 'last']);
  });

  it('runs once where a step of this run notifies it before a flush too', async () => {
    const on = await fleet(['a']);
    const plays = (content: string, broken: boolean) =>
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield copy('one', { content, dest: on.path('one') }, { notify: bang });
        if (broken) yield fail('broken', { message: 'no' });
        yield flushHandlers();
        yield copy('two', { content: 'x', dest: on.path('two') }, { notify: bang });
      });
    await on.run([plays('x', false)]);
    await on.run([plays('y', true)]);
    await on.run([plays('z', false)]);
    expect(await logOf(on)).toEqual(['bang', 'bang', 'bang']);
  });

  it('waits for a handler that may notify it', async () => {
    const on = await fleet(['a']);
    const plays = (setting: string) =>
      playOf(function* () {
        const conf = on.path('conf');
        const check = handler(shell('check', `grep -qx good ${conf}`));
        const write = handler(
          copy('write', { content: `${setting}\n`, dest: conf }, { notify: check }),
        );
        yield append(on, 'x', 'x', { notify: write });
      });
    expect((await on.run(plays('bad'))).exitCode).toBe(2);
    expect((await on.run(plays('good'))).exitCode).toBe(0);
  });

  it('runs at the end of the play where no selected step could notify it', async () => {
    const on = await fleet(['a']);
    const plays = (broken: boolean) =>
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        const dest = on.path('conf');
        yield copy('conf', { content: 'x', dest }, { notify: bang, tags: ['conf'] });
        if (broken) yield fail('broken', { message: 'no' });
        yield append(on, 'other', 'other', { tags: ['other'] });
      });
    await on.run(plays(true));
    await on.run(plays(false), { tags: ['other'] });
    expect(await logOf(on)).toEqual(['other', 'bang']);
  });

  it('stays pending where the step before it fails again, also with forced handlers', async () => {
    const on = await fleet(['a']);
    await on.run(site(on, 'bad'));
    const plays = play({
      name: 'nodes',
      hosts: 'web',
      *tasks() {
        yield fail('broken', { message: 'no' });
      },
      roles: [],
    });
    await on.run(plays, { forceHandlers: true });
    expect((await on.run(site(on, 'good'))).outcome('a', 'works')).toBe('changed');
  });

  it('is forgotten when the run is told so, and check forgets nothing', async () => {
    const on = await fleet(['a']);
    await on.run(site(on, 'bad'));
    const checked = await on.run(site(on, 'bad'), { forgetPending: true, check: true });
    expect(checked.outcome('a', 'works')).toBeUndefined();
    const forgets = await on.run(site(on, 'bad'), { forgetPending: true });
    expect(messages(forgets.events)).toContain('pending handlers forgotten: nodes/node/roll');
    expect(forgets.exitCode).toBe(0);
    expect((await on.run(site(on, 'bad'))).outcome('a', 'works')).toBeUndefined();
  });

  it('whose name is gone from the play is warned of until it is forgotten', async () => {
    const on = await fleet(['a']);
    await on.run(site(on, 'bad'));
    const renamed = playOf(() => [append(on, 'x', 'x')], { name: 'nodes' });
    const ran = await on.run(renamed);
    expect(messages(ran.events)).toEqual([
      'pending from an earlier run, but no handler of this play any more: nodes/node/roll; --forget-pending drops it',
    ]);
    expect(messages((await on.run(renamed, { forgetPending: true })).events)).toEqual([
      'pending handlers forgotten: nodes/node/roll',
    ]);
    expect(messages((await on.run(renamed)).events)).toEqual([]);
  });
});

describe('pending handlers are', () => {
  const noted = (on: Fleet) => readdir(on.path('.play', 'pending')).catch(() => []);
  const breaking = (on: Fleet, broken: boolean, name = 'site') =>
    playOf(
      function* (host) {
        const bang = handler(append(on, 'bang', `bang ${host}`));
        const dest = on.path(`conf-${host}`);
        yield copy('conf', { content: 'x', dest }, { notify: bang });
        if (broken) yield fail('broken', { message: 'no' });
      },
      { name },
    );

  it('those of one inventory, and of the machine that its host leads to', async () => {
    const on = await fleet(['a']);
    await on.run(breaking(on, true), { inventory: 'lab.yaml' });
    await on.run(breaking(on, false), { inventory: 'prod.yaml' });
    expect(await logOf(on)).toEqual([]);
    const [name = ''] = await noted(on);
    const text = await on.read('.play', 'pending', name);
    await writeFile(on.path('.play', 'pending', name), text.replace(/"target":"/, '$&other-'));
    await on.run(breaking(on, false), { inventory: 'lab.yaml' });
    expect(await logOf(on)).toEqual([]);
    await writeFile(on.path('.play', 'pending', name), text);
    await on.run(breaking(on, false), { inventory: 'lab.yaml' });
    expect(await logOf(on)).toEqual(['bang a']);
  });

  it('those of a machine also where the inventory gives it another name', async () => {
    const on = await fleet(['a']);
    await on.run(breaking(on, true));
    const [name = ''] = await noted(on);
    const text = await on.read('.play', 'pending', name);
    await writeFile(on.path('.play', 'pending', name), text.replace('"host":"a"', '"host":"old"'));
    await on.run(breaking(on, false));
    expect(await logOf(on)).toEqual(['bang a']);
    expect(await noted(on)).toEqual([]);
  });

  it('left to later runs where this one has not their hosts or plays', async () => {
    const on = await fleet(['a', 'b']);
    await on.run([breaking(on, true)]);
    await on.run([breaking(on, false)], { limit: 'a' });
    expect(await pendingIn(on)).toEqual(['b site/bang']);
    await on.run([breaking(on, false, 'other')]);
    expect(await logOf(on)).toEqual(['bang a']);
    await on.run([breaking(on, false)]);
    expect(await logOf(on)).toEqual(['bang a', 'bang b']);
    expect(await noted(on)).toEqual([]);
  });

  it('those of the run that noted them, as long as it lives: two at once lose none', async () => {
    const on = await fleet(['a', 'b']);
    const held = append(on, 'held', 'held');
    const slow = (host: string, script: string, broken: boolean) =>
      playOf(function* (name) {
        if (name !== host) return;
        const bang = handler(append(on, 'bang', `bang ${host}`));
        yield append(on, 'x', `x ${host}`, { notify: bang });
        yield shell('wait', script);
        if (broken) yield fail('broken', { message: 'no' });
        yield held;
      });
    const until = (name: string) => `while ! [ -e ${on.path(name)} ]; do sleep 0.02; done`;
    const first = on.run(slow('a', until('go'), true));
    await vi.waitUntil(async () => (await logOf(on)).includes('x a'), { timeout: 20_000 });
    // Another run for the same host while the first is in the middle: it is not its handler.
    const second = await on.run(slow('b', 'true', true));
    await on.run(
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'too early'));
        yield shell('quiet', 'true', { notify: bang, changedWhen: false });
        yield append(on, 'y', 'y');
      }),
      { limit: 'a' },
    );
    await writeFile(on.path('go'), '');
    expect([(await first).exitCode, second.exitCode]).toEqual([2, 2]);
    expect(await logOf(on)).toEqual(['x a', 'x b', 'y']);
    expect((await pendingIn(on)).toSorted()).toEqual(['a site/bang', 'b site/bang']);
  });

  it('taken from a run that was killed, once, and its cut last line is none', async () => {
    const on = await fleet(['a']);
    await on.run(breaking(on, true));
    const [name = ''] = await noted(on);
    const text = await on.read('.play', 'pending', name);
    await rm(on.path('.play', 'pending', name));
    const { pid } = spawnSync('true');
    await writeFile(on.path('.play', 'pending', `killed.${pid}-17.jsonl`), `${text}{"host":"a`);
    await on.run(breaking(on, false));
    await on.run(breaking(on, false));
    expect(await logOf(on)).toEqual(['bang a']);
    expect(await noted(on)).toEqual([]);
  });

  it('read once from the file of former versions, which knew host names only', async () => {
    const on = await fleet(['a', 'b']);
    await mkdir(on.path('.play'));
    const line = (host: string, owed: boolean) =>
      `${JSON.stringify({ host, handler: 'site/bang', owed })}\n`;
    const former = on.path('.play', 'owed.jsonl');
    await writeFile(former, line('a', true) + line('b', true) + line('b', false) + line('c', true));
    await on.run(breaking(on, false), { limit: 'a' });
    await on.run(breaking(on, false));
    expect((await logOf(on)).toSorted()).toEqual(['bang a', 'bang b']);
    await expect(readFile(former)).rejects.toThrow('ENOENT');
    expect(await pendingIn(on)).toEqual(['c site/bang']);
  });

  it('kept in a file that only its owner reads, which is gone when none is left', async () => {
    const on = await fleet(['a']);
    await on.run(breaking(on, true));
    const [name = ''] = await noted(on);
    expect((await stat(on.path('.play', 'pending', name))).mode & 0o777).toBe(0o600);
    expect((await stat(on.path('.play', 'pending'))).mode & 0o777).toBe(0o700);
    await on.run(breaking(on, false));
    expect(await noted(on)).toEqual([]);
  });

  it('not kept where the project cannot be written, which is told once', async () => {
    const on = await fleet(['a', 'b']);
    await mkdir(on.path('.play'));
    await writeFile(on.path('.play', 'pending'), 'a file');
    const ran = await on.run(breaking(on, false));
    expect(ran.exitCode).toBe(0);
    expect(messages(ran.events)).toEqual([
      expect.stringMatching(/^pending handlers are not kept for the next run, .*pending'$/),
    ]);
    expect((await logOf(on)).toSorted()).toEqual(['bang a', 'bang b']);
  });
});

it('a notification stays made though a later step of the same handler changes nothing', async () => {
  const on = await fleet(['a']);
  await on.run(
    playOf(function* () {
      const bang = handler(append(on, 'bang', 'bang'));
      yield append(on, 'x', 'x', { notify: bang });
      yield shell('quiet', 'true', { notify: bang, changedWhen: false });
      yield fail('broken', { message: 'no' });
    }),
  );
  expect(await pendingIn(on)).toEqual(['a site/bang']);
});
