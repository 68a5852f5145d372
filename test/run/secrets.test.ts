import { describe, expect, it } from 'vitest';
import { block } from '../../engine/dsl/declare.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { show } from '../../engine/report/shown.ts';
import { Redactor } from '../../engine/secrets/redact.ts';
import { secret } from '../../engine/secrets/secret.ts';
import { fleet } from './harness.ts';
import { playOf, shell } from './steps.ts';

describe('a secret task', () => {
  it('says nothing of what it did anywhere: ends, retries, output, rescues', async () => {
    const on = await fleet(['a']);
    const print = 'echo swordfish; echo swordfish >&2; exit 1';
    const login = shell('login', print, {
      secret: true,
      retries: 1,
      delay: 0,
      failedWhen: (result) => result.stdout,
    });
    const ran = await on.run(
      playOf(() => [
        block('b', {
          tasks: [login],
          rescue: [debug('tell', { message: (run) => `${run.failure?.message}` })],
        }),
        shell('fine', 'echo swordfish', { secret: true }),
        copy('conf', { content: 'swordfish', dest: on.path('conf') }, { secret: true }),
      ]),
      { liveOutput: true, diff: true },
    );
    expect(ran.exitCode).toBe(0);
    expect(ran.end('a', 'login').failure).toMatchObject({ code: 1 });
    expect(JSON.stringify(ran.events)).not.toContain('swordfish');
    expect(await on.read('conf')).toBe('swordfish');
  });
});

describe('a Secret', () => {
  it('reaches the host whole, and the reports only as stars', async () => {
    const on = await fleet(['a']);
    const token = secret('hunter2-is-long');
    const site = playOf(() => [
      copy('conf', { content: token, dest: on.path('conf') }),
      command(
        'env',
        { argv: ['sh', '-c', 'echo "$TOKEN"'], exposeSecret: true },
        { environment: { TOKEN: token } },
      ),
    ]);
    const ran = await on.run(site, { diff: true });
    expect(await on.read('conf')).toBe('hunter2-is-long');
    expect(ran.end('a', 'env').result).toMatchObject({ stdout: 'hunter2-is-long' });
    const redactor = new Redactor();
    const shown = ran.events.map((event) => JSON.stringify(show(event, redactor))).join('\n');
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('***');
  });

  it('that is turned into text fails the step and never writes stars', async () => {
    const on = await fleet(['a']);
    const token = secret('hunter2');
    const ran = await on.run(
      playOf(() => [
        copy('text', { content: () => `token=${String(token)}`, dest: on.path('conf') }),
      ]),
    );
    expect(ran.end('a', 'text').failure?.message).toBe('a Secret was used as text');
    await expect(on.read('conf')).rejects.toThrow('ENOENT');
  });

  it('that is turned into JSON fails the step and never writes stars', async () => {
    const on = await fleet(['a']);
    const token = secret('hunter2');
    const ran = await on.run(
      playOf(() => [
        copy('json', { content: () => JSON.stringify({ token }), dest: on.path('conf') }),
      ]),
    );
    expect(ran.end('a', 'json').failure?.message).toBe('a Secret was used as text');
    await expect(on.read('conf')).rejects.toThrow('ENOENT');
  });

  it('in the environment fails the step that does not say exposeSecret, where it is lazy', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        command(
          'env',
          { argv: () => ['sh', '-c', 'echo "$TOKEN"'] },
          { environment: { TOKEN: secret('hunter2') } },
        ),
      ]),
    );
    expect(ran.end('a', 'env').failure).toMatchObject({
      message: "environment TOKEN of 'env' is a Secret",
    });
  });

  it('leaves no digest and no size of what it is in, by which it could be guessed', async () => {
    const on = await fleet(['a']);
    const password = secret('hunter2');
    const shown = new Redactor();
    for (const check of [true, false, false]) {
      const ran = await on.run(
        playOf(() => [
          copy('whole', { content: password, dest: on.path('whole') }),
          copy('known', { content: 'hunter2', dest: on.path('known') }),
        ]),
        { check, diff: true },
      );
      const ends = ran.ends.map((end) => JSON.stringify(show(end, shown)));
      expect(ends[0]).not.toMatch(
        /f52fbd32b2b3b86ff88ef6c490628285f482af15ddcb29541f94bcf526a3f6c7|"size"/,
      );
      expect(ends[1]).toMatch(/"size":7/);
    }
  });
});
