import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import { block, flushHandlers, handler, play } from '../../../engine/dsl/declare.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { action } from '../../../engine/module/plan.ts';
import { fail } from '../../../engine/modules/control/fail.ts';
import { stat } from '../../../engine/modules/files/stat.ts';
import { file } from '../../../engine/readers/files/file.ts';
import { sh } from '../../../engine/shell/script.ts';
import { fleet, type Fleet } from '../harness.ts';
import { append, logOf, pendingIn, playOf, shell } from '../steps.ts';

const ignored = { ignoreErrors: true };

/** An action that is already satisfied once the file it looks at was made. */
const look = defineModule({
  name: 'look',
  summary: 'Writes into a log, unless a file was made meanwhile.',
  args: z.strictObject({
    path: z.string().describe('what it looks at'),
    log: z.string().describe('log'),
  }),
  example: `look('see', { path: '/a', log: '/b' })`,
  returns: {},
  reads: ({ path }) => ({ file: file({ path, follow: false, digest: false }) }),
  alreadySatisfied: (_want, then, now) => then.file === undefined && now.file !== undefined,
  plan: ({ log }) => action({ script: sh`echo looked >>${log}`, result: () => ({}) }),
});

describe('handlers', () => {
  it('are served by what happened since on their own host, not on the one that notified', async () => {
    const on = await fleet(['a', 'b']);
    const site = (other: string | undefined) =>
      playOf(function* (host) {
        if (host !== 'a') return;
        const path = on.path('made');
        const where = other === undefined ? {} : { on: other };
        const bang = handler(look('bang', { path, log: on.path('log') }, where));
        yield stat('what a knows', { path });
        yield copy('x', { content: 'x', dest: on.path('x') }, { notify: bang });
        yield copy('made', { content: 'x', dest: path });
      });
    await on.run(site(undefined));
    expect(await logOf(on)).toEqual([]);
    await Promise.all([rm(on.path('x')), rm(on.path('made'))]);
    await on.run(site('b'));
    expect(await logOf(on)).toEqual(['looked']);
  });

  it('that handlers notify run too, also those defined before', async () => {
    const on = await fleet(['a']);
    await on.run(
      playOf(function* () {
        const last = handler(append(on, 'last', 'last'));
        const first = handler(append(on, 'first', 'first', { notify: last }));
        yield append(on, 'x', 'x', { notify: first });
      }),
    );
    expect(await logOf(on)).toEqual(['x', 'first', 'last']);
  });

  it('that are blocks with throttle hold one host at a time, to the end of their wait', async () => {
    const on = await fleet();
    await on.run(
      playOf(function* (host) {
        const roll = handler(
          block(
            'roll',
            { tasks: [append(on, 'stop', `stop ${host}`), append(on, 'start', `start ${host}`)] },
            { throttle: 1 },
          ),
        );
        yield append(on, 'x', 'x', { notify: roll });
      }),
    );
    const lines = (await logOf(on)).slice(3);
    expect(lines).toHaveLength(6);
    for (const pair of [0, 2, 4])
      expect(lines[pair]?.replace('stop', 'start')).toBe(lines[pair + 1]);
  });

  it('run once though several tasks notify them, and not for what did not change', async () => {
    const on = await fleet(['a']);
    const site = playOf(function* () {
      const bang = handler(append(on, 'bang', 'bang'));
      yield copy('one', { content: 'x', dest: on.path('one') }, { notify: bang });
      yield copy('two', { content: 'x', dest: on.path('two') }, { notify: bang });
    });
    await on.run(site);
    await on.run(site);
    expect(await logOf(on)).toEqual(['bang']);
  });

  it('keep their own conditions and not those of the block that notifies them', async () => {
    const on = await fleet(['a']);
    const bang = handler(append(on, 'bang', 'bang'));
    const never = handler(append(on, 'never', 'never', { when: () => false }));
    const ran = await on.run(
      playOf(() => [
        block(
          'b',
          { tasks: [append(on, 'x', 'x', { notify: [bang, never] })] },
          { when: (run) => run.tryResult(marker) === undefined },
        ),
        marker,
      ]),
    );
    expect(await logOf(on)).toEqual(['x', 'bang']);
    expect(ran.outcome('a', 'never')).toBe('skipped');
  });

  it('run after a failure only when they are forced, and stay pending when not', async () => {
    const site = (on: Fleet) =>
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield append(on, 'x', 'x', { notify: bang });
        yield fail('broken', { message: 'no' });
      });
    const forced = await fleet(['a']);
    expect((await forced.run(site(forced), { forceHandlers: true })).exitCode).toBe(2);
    expect(await logOf(forced)).toEqual(['x', 'bang']);
    expect(await pendingIn(forced)).toEqual([]);
    const not = await fleet(['a']);
    await not.run(site(not));
    expect(await logOf(not)).toEqual(['x']);
    expect(await pendingIn(not)).toEqual(['a site/bang']);
  });

  it('are not forced in a play that says so, whatever the command line says', async () => {
    const on = await fleet(['a']);
    const broken = playOf(
      function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield append(on, 'x', 'x', { notify: bang });
        yield fail('broken', { message: 'no' });
      },
      { forceHandlers: false },
    );
    await on.run(broken, { forceHandlers: true });
    expect(await logOf(on)).toEqual(['x']);
  });

  it('that are forced run also where the failure ended the play for all', async () => {
    const on = await fleet(['a', 'b']);
    on.link('b', { delay: 50 });
    await on.run(
      playOf(
        function* (host) {
          const bang = handler(append(on, 'bang', `bang ${host}`));
          yield append(on, 'x', 'x', { notify: bang });
          if (host === 'a') yield fail('broken', { message: 'no' });
          yield append(on, 'after', 'after');
        },
        { anyErrorsFatal: true, forceHandlers: true },
      ),
    );
    expect(await logOf(on)).toEqual(['x', 'x', 'bang a']);
  });

  it('that fail fail the host, and those behind them stay pending', async () => {
    const on = await fleet(['a']);
    const site = (works: boolean) =>
      playOf(function* () {
        const one = handler(shell('one', works ? 'true' : 'exit 1'));
        const two = handler(append(on, 'two', 'two'));
        yield copy('x', { content: 'x', dest: on.path('x') }, { notify: [one, two] });
      });
    expect((await on.run(site(false))).exitCode).toBe(2);
    expect(await pendingIn(on)).toEqual(['a site/one', 'a site/two']);
    const next = await on.run(site(true));
    expect(next.lines).toEqual(['a x: ok', 'a one: changed', 'a two: changed']);
    expect(await pendingIn(on)).toEqual([]);
  });
});

const marker = shell('marker', 'true', { changedWhen: false });

describe('what is pending', () => {
  const site = (on: Fleet, last: 'nothing' | 'the end') =>
    play({
      name: 'site',
      hosts: 'web',
      *tasks({ host }) {
        const bang = handler(append(on, 'bang', `bang ${host.name}`));
        const dest = on.path(`conf-${host.name}`);
        yield copy('conf', { content: 'x', dest }, { notify: bang });
        if (last === 'the end') yield shell('cut', 'true');
        yield flushHandlers();
      },
    });

  it('survives that the host cannot be reached any more, and is that host’s alone', async () => {
    const on = await fleet(['a', 'b']);
    const link = on.link('b', {});
    const ran = await on.run(site(on, 'the end'), {
      listen(event) {
        if (event.event !== 'step-end' || event.step.host !== 'b') return;
        if (event.step.name !== 'conf') return;
        link.cutAfterUp = 0;
        link.refuse = 'gone';
      },
    });
    expect(ran.exitCode).toBe(4);
    expect(await logOf(on)).toEqual(['bang a']);
    expect(await pendingIn(on)).toEqual(['b site/bang']);
    on.link('b', {});
    const next = await on.run(site(on, 'nothing'));
    expect(next.events.find((event) => event.event === 'handlers-pending')).toMatchObject({
      host: 'b',
      handlers: ['site/bang'],
    });
    expect(await logOf(on)).toEqual(['bang a', 'bang b']);
  });

  it('is written before the change is sent: a controller killed meanwhile loses nothing', async () => {
    const on = await fleet(['a']);
    const script = `cat ${on.path('.play', 'pending')}/*`;
    const ran = await on.run(
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield shell('spy', script, { notify: bang });
        yield shell('quiet', 'true', { notify: bang, changedWhen: false });
      }),
    );
    const { stdout: noted } = ran.end('a', 'spy').result as { stdout: string };
    expect(noted).toMatch(
      /^\{"inventory":"hosts.yaml","host":"a",.*"handler":"site\/bang","pending":true\}$/,
    );
    expect(await pendingIn(on)).toEqual([]);
  });

  it('is not what a step that changed nothing would have notified, also where it failed', async () => {
    const on = await fleet(['a']);
    await on.run(
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield shell('quiet', 'true', { notify: bang, changedWhen: false });
        yield copy('nowhere', { src: 'nowhere', dest: on.path('x') }, { notify: bang, ...ignored });
        const noFolder = { content: 'x', dest: on.path('no', 'folder') };
        yield copy('no folder', noFolder, { notify: bang, ...ignored });
        yield shell('bad', 'exit 1', { notify: bang, changedWhen: false, ...ignored });
        yield shell('bad too', 'exit 1', { notify: bang, changedWhen: () => false });
      }),
    );
    expect(await logOf(on)).toEqual([]);
    expect(await pendingIn(on)).toEqual([]);
  });

  it('is what one step notified, though a later one of the same handler changes nothing', async () => {
    const on = await fleet(['a']);
    await on.run(
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        const conf = { content: 'x', dest: on.path('conf') };
        yield copy('conf', conf, { notify: bang });
        yield copy('conf again', conf, { notify: bang });
        yield shell('quiet', 'true', { notify: bang, changedWhen: false });
        yield shell('broken', 'exit 1');
      }),
    );
    expect(await logOf(on)).toEqual([]);
    expect(await pendingIn(on)).toEqual(['a site/bang']);
  });

  it('is told by check, which writes nothing down', async () => {
    const on = await fleet(['a']);
    await on.run(site(on, 'nothing'));
    const left = '{"host":"a","handler":"site/bang","owed":true}\n{"host":"a","hand';
    await writeFile(on.path('.play', 'owed.jsonl'), left);
    const checked = await on.run(site(on, 'nothing'), { check: true });
    expect(checked.lines).toEqual(['a conf: ok', 'a bang: unknown']);
    expect(await on.read('.play', 'owed.jsonl')).toBe(left);
    await on.run(site(on, 'nothing'));
    expect(await logOf(on)).toEqual(['bang a', 'bang a']);
  });
});
