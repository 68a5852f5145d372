import { writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { handler } from '../../../engine/dsl/declare.ts';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import { change, same } from '../../../engine/module/plan.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { pause } from '../../../engine/modules/control/pause.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { text } from '../../../engine/readers/files/text.ts';
import { sh } from '../../../engine/shell/script.ts';
import { fleet } from '../harness.ts';
import { append, isRunning, logOf, playOf, shell } from '../steps.ts';

/** Wants a file to hold a word, and does what `does` says to get there. */
const word = defineModule({
  name: 'word',
  summary: 'Writes a word.',
  args: z.strictObject({
    path: z.string(),
    does: z.string(),
    atMost: z.number().default(0),
    stable: z.number().default(0),
  }),
  example: `word('w', { path: '/x', does: 'echo good > /x' })`,
  reads: (want) => ({ now: text(want.path) }),
  plan(want, { now }) {
    const is = now?.kind === 'text' ? now.bytes.toString().trim() : undefined;
    if (is === 'good') return same({});
    return change({
      differences: [{ what: 'word', from: is, to: 'good' }],
      script: sh`sh -c ${want.does}`,
      after: [],
      result: {},
      settle: { atMost: want.atMost, stable: want.stable },
    });
  },
});

describe('verification', () => {
  it('fails a step whose apply did not reach what it promised, and says what is still wrong', async () => {
    const on = await fleet(['a']);
    await writeFile(on.path('w'), 'bad\n');
    const ran = await on.run(playOf(() => [word('w', { path: on.path('w'), does: ':' })]));
    const { outcome, failure, differences } = ran.end('a', 'w');
    expect(outcome).toBe('failed');
    expect(failure?.message).toBe('applied, but word is still bad');
    expect(failure?.details).toEqual(['word is bad, not good']);
    expect(differences).toHaveLength(1);
    expect(ran.exitCode).toBe(2);
  });

  it('tells a script that failed with its command, code and output', async () => {
    const on = await fleet(['a']);
    const does = 'echo said; echo why >&2; exit 7';
    const ran = await on.run(playOf(() => [word('w', { path: on.path('w'), does })]));
    expect(ran.end('a', 'w').failure).toMatchObject({
      message: 'ended with code 7: why',
      code: 7,
      stdout: 'said\n',
      stderr: 'why\n',
    });
    expect(ran.end('a', 'w').failure?.script).toContain('exit 7');
  });

  it('waits as long as the state may take to settle', async () => {
    const on = await fleet(['a']);
    const path = on.path('w');
    const does = `(sleep 0.7; echo good > ${path}) >/dev/null 2>&1 &`;
    const ran = await on.run(playOf(() => [word('w', { path, does, atMost: 20 })]));
    expect(ran.outcome('a', 'w')).toBe('changed');
  });

  it('believes a state only when it held for as long as it must', async () => {
    const on = await fleet(['a']);
    const path = on.path('w');
    const does = `echo good > ${path}; (sleep 0.5; echo bad > ${path}) >/dev/null 2>&1 &`;
    const ran = await on.run(playOf(() => [word('w', { path, does, atMost: 2, stable: 1.5 })]));
    expect(ran.end('a', 'w').failure?.message).toBe('applied, but word is still bad');
  });
});

describe('retries', () => {
  it('count a change of an earlier attempt: the step changed, and notifies', async () => {
    const on = await fleet(['a']);
    const path = on.path('w');
    const does = `(sleep 0.6; echo good > ${path}) >/dev/null 2>&1 &`;
    const ran = await on.run(
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield word('w', { path, does }, { retries: 5, delay: 1, notify: bang });
      }),
    );
    expect(ran.end('a', 'w')).toMatchObject({ outcome: 'changed', attempts: 2 });
    expect(ran.end('a', 'w').differences).toHaveLength(1);
    expect(await logOf(on)).toEqual(['bang']);
  });

  it('with until and no number are three more', async () => {
    const on = await fleet(['a']);
    const until = (): boolean => false;
    const ran = await on.run(playOf(() => [append(on, 'never', 'x', { until, delay: 0 })]));
    expect(ran.end('a', 'never').attempts).toBe(4);
    const once = await on.run(
      playOf(() => [append(on, 'never', 'x', { until, delay: 0, retries: 0 })]),
    );
    expect(once.end('a', 'never').attempts).toBe(1);
  });

  it('end where until holds, as a failure where failedWhen says so', async () => {
    const on = await fleet(['a']);
    const code = (wanted: number) => (result: { readonly code: number }) => result.code === wanted;
    const options = { until: code(2), failedWhen: code(2), delay: 0, retries: 2 };
    const ran = await on.run(playOf(() => [query('two', { shell: 'exit 2' }, options)]));
    expect(ran.end('a', 'two')).toMatchObject({
      outcome: 'failed',
      attempts: 1,
      failure: { message: 'failedWhen holds' },
    });
    const accepted = await on.run(
      playOf(() => [query('two', { shell: 'exit 2' }, { ...options, failedWhen: code(3) })]),
    );
    expect(accepted.outcome('a', 'two')).toBe('ok');
  });

  it('without until end at the first attempt that does not fail', async () => {
    const on = await fleet(['a']);
    const script = `echo x >> ${on.path('n')}; [ "$(wc -l < ${on.path('n')})" -ge 3 ]`;
    const ran = await on.run(playOf(() => [shell('third', script, { retries: 5, delay: 0 })]));
    expect(ran.end('a', 'third')).toMatchObject({ outcome: 'changed', attempts: 3 });
    const retries = ran.events.filter((event) => event.event === 'step-retry');
    expect(retries).toMatchObject([{ attempt: 1, attempts: 6 }, { attempt: 2 }]);
  });

  it('in check are not made: an until that does not hold yet is unknown', async () => {
    const on = await fleet(['a']);
    const script = `echo x >> ${on.path('n')}; false`;
    const ran = await on.run(
      playOf(() => [
        query(
          'ready',
          { argv: ['sh', '-c', script] },
          { retries: 5, delay: 60, until: (result) => result.code === 0 },
        ),
      ]),
      { check: true },
    );
    expect(ran.end('a', 'ready')).toMatchObject({
      outcome: 'unknown',
      attempts: 1,
      because: '`until` does not hold now',
    });
  });

  it('that never reach it tell how long was tried', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [shell('never', 'echo no', { retries: 1, delay: 0, until: () => false })]),
    );
    expect(ran.end('a', 'never').failure?.message).toMatch(/^`until` did not hold within \d+ s$/);
    expect(ran.end('a', 'never').failure?.stdout).toBe('no');
  });
});

describe('a task’s own judgement', () => {
  it('failedWhen fails what went well, with its reason, and forgives what did not', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        shell('forgiven', 'exit 3', { failedWhen: (result) => result.code > 3 }),
        shell('judged', 'echo ERROR', {
          failedWhen: (result) => result.stdout.includes('ERROR') && 'it printed ERROR',
        }),
      ]),
    );
    expect(ran.outcome('a', 'forgiven')).toBe('changed');
    expect(ran.end('a', 'judged').failure?.message).toBe('it printed ERROR');
    expect(ran.exitCode).toBe(2);
  });

  it('changedWhen decides what is told, notified and seen by others', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield shell('quiet', 'echo same', {
          notify: bang,
          changedWhen: (result) => result.stdout !== 'same',
        });
        yield shell('never', 'true', { notify: bang, changedWhen: false });
      }),
    );
    expect(ran.lines).toEqual(['a quiet: ok', 'a never: ok']);
    expect(ran.end('a', 'quiet').result).toMatchObject({ changed: false });
  });

  it('a time-out ends the whole tree of the step', async () => {
    const on = await fleet(['a']);
    const pid = on.path('pid');
    const ran = await on.run(
      playOf(() => [shell('slow', `sleep 300 & echo $! > ${pid}; wait`, { timeout: 1 })]),
    );
    expect(ran.end('a', 'slow').failure?.message).toMatch(/took too long and was ended/);
    const number = (await readFile(pid, 'utf8')).trim();
    expect(await isRunning(number)).toBe(false);
  });
});

describe('a query that fails ahead of its turn', () => {
  it('is asked again before it fails the step', async () => {
    const on = await fleet(['a']);
    const path = on.path('later');
    const ran = await on.run(
      playOf(() => [
        copy('first', { content: 'x', dest: on.path('first') }),
        query('ahead', { argv: ['test', '-e', path], codes: 'any', scope: 'host' }),
        pause('a while', { seconds: 0.01 }),
        query('there', { argv: ['test', '-e', path], scope: 'host' }),
      ]),
      {
        listen(event) {
          if (event.event === 'step-start' && event.step.name === 'a while')
            writeFileSync(path, '');
        },
      },
    );
    expect(ran.end('a', 'ahead').result).toMatchObject({ code: 1 });
    expect(ran.outcome('a', 'there')).toBe('ok');
  });
});
