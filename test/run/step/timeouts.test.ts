import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command } from '../../../engine/modules/commands/command.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { fleet } from '../harness.ts';
import { append, isRunning, logOf, playOf, shell } from '../steps.ts';

describe('what a step asks by a command of the user', () => {
  it('takes no longer than the step’s timeout, and is asked once', async () => {
    const on = await fleet(['a']);
    const ask = `echo asked >> ${on.path('log')}; sleep 60`;
    const ran = await on.run(playOf(() => [query('q', { shell: ask }, { timeout: 1 })]));
    expect(ran.end('a', 'q').failure?.message).toBe('reading query took longer than 1 s');
    expect(await logOf(on)).toEqual(['asked']);
  });

  it('takes no longer where it is a guard, before the action and behind it', async () => {
    const on = await fleet(['a']);
    const slow = `echo asked >> ${on.path('log')}; sleep 60`;
    const begun = on.path('begun');
    const guard = `if [ -e ${begun} ]; then ${slow}; fi; exit 1`;
    const step = (name: string, unless: string) =>
      command(
        name,
        { argv: ['touch', begun], unless: ['sh', '-c', unless] },
        { timeout: 1, ignoreErrors: true },
      );
    const ran = await on.run(playOf(() => [step('before', slow), step('behind', guard)]));
    expect(ran.lines).toEqual(['a before: failed', 'a behind: failed']);
    expect(await logOf(on)).toEqual(['asked', 'asked']);
  });

  it('has all of a longer timeout', async () => {
    const on = await fleet(['a']);
    const sent = on.path('sent');
    on.link('a', { shell: ['/bin/sh', '-c', `tee ${sent} | /bin/sh`] });
    const ran = await on.run(playOf(() => [query('q', { shell: 'true' }, { timeout: 1234 })]));
    expect(ran.outcome('a', 'q')).toBe('ok');
    expect(await on.read('sent')).toMatch(/^tsplay_read \d+ 1234 /m);
  });

  it('is not waited for by the first Ctrl-C, and does not go on', async () => {
    const on = await fleet(['a', 'b']);
    const soft = new AbortController();
    const watch = setInterval(() => {
      if (existsSync(on.path('pid-a')) && existsSync(on.path('pid-b'))) soft.abort();
    }, 10);
    const script = (host: string) =>
      `echo $$ > ${on.path('pid.new')}-${host}; mv ${on.path('pid.new')}-${host} ${on.path(`pid-${host}`)}; sleep 300`;
    const start = Date.now();
    const ran = await on
      .run(
        playOf((host) => [
          query('q', { shell: script(host) }, { on: host }),
          append(on, 'next', 'next'),
        ]),
        { soft: soft.signal },
      )
      .finally(() => clearInterval(watch));
    expect(ran.exitCode).toBe(130);
    expect(Date.now() - start).toBeLessThan(45_000);
    expect(await logOf(on)).toEqual([]);
    const id = (await on.read('pid-a')).trim();
    for (let tries = 0; tries < 150 && (await isRunning(id)); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await isRunning(id)).toBe(false);
  });

  it('is waited for where it verifies what was applied', async () => {
    const on = await fleet(['a']);
    const soft = new AbortController();
    const done = on.path('done');
    const unless = `[ -e ${done} ] && touch ${on.path('verifying')} && sleep 1 && echo verified >> ${on.path('log')}`;
    const watch = setInterval(() => existsSync(on.path('verifying')) && soft.abort(), 10);
    const step = command('action', { argv: ['touch', done], unless: ['sh', '-c', unless] });
    const ran = await on
      .run(
        playOf(() => [step, shell('next', 'true')]),
        { soft: soft.signal },
      )
      .finally(() => clearInterval(watch));
    expect(ran.lines).toEqual(['a action: changed']);
    expect(await logOf(on)).toEqual(['verified']);
  });
});
