import { readdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { handler } from '../../../engine/dsl/declare.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { find } from '../../../engine/modules/files/find.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { fleet, type Fleet, type Ran } from '../harness.ts';
import { playOf, shell } from '../steps.ts';

const steps = (ran: Ran, outcome: string) =>
  ran.lines.filter((line) => line.endsWith(`: ${outcome}`)).map((line) => line.split(':')[0]);

/** A play in which later steps build on what earlier ones only planned. */
const layered = (on: Fleet) => (): readonly Step[] => {
  const conf = on.path('app', 'conf');
  const restart = handler(shell('restart', `echo restart >> ${on.path('restarts')}`));
  return [
    file('folder', { path: on.path('app'), state: 'directory', mode: '0750' }),
    copy('conf', { content: 'one\n', dest: conf, mode: '0600' }, { notify: restart }),
    lineInFile('line', { path: on.path('lines'), line: 'two' }),
    file('mode', { path: conf, mode: '0600' }),
    command('first run', { argv: ['touch', on.path('app', 'done')], creates: on.path('app/done') }),
    copy('same', { content: 'x', dest: on.path('same') }),
  ];
};

describe('check', () => {
  it('writes nothing and names what the run then does: no more than changed or unknown', async () => {
    const on = await fleet(['a']);
    await writeFile(on.path('same'), 'x', { mode: 0o644 });
    await writeFile(on.path('lines'), 'one\n');
    const before = (await readdir(on.folder)).toSorted();
    const checked = await on.run(playOf(layered(on)), { check: true });
    expect((await readdir(on.folder)).toSorted()).toEqual(before);
    expect(checked.exitCode).toBe(0);
    const applied = await on.run(playOf(layered(on)));
    const predicted = steps(checked, 'changed');
    const unknown = steps(checked, 'unknown');
    const changed = steps(applied, 'changed');
    expect(changed).toEqual(expect.arrayContaining(predicted));
    expect([...predicted, ...unknown]).toEqual(expect.arrayContaining(changed));
    expect(predicted).toEqual(['a folder', 'a conf', 'a line', 'a first run']);
    const after = await on.run(playOf(layered(on)), { check: true, exitCodeOfPending: true });
    expect(steps(after, 'changed')).toEqual([]);
    expect(after.exitCode).toBe(0);
  });

  it('shows what was predicted to the steps behind it', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        copy('conf', { content: 'one\n', dest: on.path('conf') }),
        copy('again', { content: 'one\n', dest: on.path('conf') }),
        copy('other', { content: 'two\n', dest: on.path('conf') }),
      ]),
      { check: true },
    );
    expect(ran.lines).toEqual(['a conf: changed', 'a again: ok', 'a other: changed']);
  });

  it('skips a query behind a predicted change, unless it is independent', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        query('before', { argv: ['true'] }),
        copy('conf', { content: 'x', dest: on.path('conf') }),
        query('behind', { argv: ['true'] }),
        query('independent', { argv: ['true'], independent: true }),
      ]),
      { check: true },
    );
    expect(ran.lines).toEqual([
      'a before: ok',
      'a conf: changed',
      'a behind: skipped',
      'a independent: ok',
    ]);
    expect(ran.end('a', 'behind').because).toBe(
      "it changes nothing, and nobody knows the answer before 'conf'",
    );
  });

  it('skips a query behind a change that is predicted for another host', async () => {
    const on = await fleet(['a', 'b']);
    on.link('a', { delay: 100 });
    const ran = await on.run(
      playOf((host) => [
        ...(host === 'a' ? [copy('conf', { content: 'x', dest: on.path('conf') })] : []),
        query('behind', { argv: ['true'] }),
      ]),
      { check: true },
    );
    expect(ran.outcome('b', 'behind')).toBe('skipped');
  });

  it('calls only the result of an unguarded action unknown, and what it says it invalidates', async () => {
    const on = await fleet(['a']);
    await writeFile(on.path('invalidated'), 'x');
    const ran = await on.run(
      playOf(function* () {
        const act = command('action', {
          argv: ['true'],
          invalidates: { paths: [on.path('made')] },
        });
        yield act;
        yield debug('reader', { message: (run) => run.result(act).stdout });
        yield debug('free', { message: 'x' });
        yield file('made', { path: on.path('made'), mode: '0600' });
        yield copy('elsewhere', { content: 'x', dest: on.path('elsewhere') });
      }),
      { check: true },
    );
    expect(ran.lines).toEqual([
      'a action: unknown',
      'a reader: unknown',
      'a free: ok',
      'a made: unknown',
      'a elsewhere: changed',
    ]);
    expect(ran.end('a', 'reader').because).toBe("'action'");
  });

  it('does not know what an action makes of what is there, or will be, where it says it invalidates that', async () => {
    const on = await fleet(['a']);
    const [there, written, kept] = [on.path('there'), on.path('written'), on.path('kept')];
    for (const path of [there, written, kept]) await writeFile(path, 'x');
    const ran = await on.run(
      playOf(function* () {
        yield copy('write', { content: 'y', dest: written });
        yield command('action', { argv: ['true'], invalidates: { paths: [there, written] } });
        yield copy('there', { content: 'x', dest: there });
        yield copy('written', { content: 'y', dest: written });
        yield copy('kept', { content: 'x', dest: kept });
        yield find('look', { paths: on.path() });
        yield file('gone', { path: on.path('kept'), state: 'absent' });
        yield file('gone again', { path: on.path('kept'), state: 'absent' });
      }),
      { check: true },
    );
    expect(ran.lines).toEqual([
      'a write: changed',
      'a action: unknown',
      'a there: unknown',
      'a written: unknown',
      'a kept: ok',
      'a look: skipped',
      'a gone: changed',
      'a gone again: ok',
    ]);
  });

  it('knows whether a guarded action will run', async () => {
    const on = await fleet(['a']);
    await writeFile(on.path('there'), '');
    const guarded = (name: string) =>
      command(name, { argv: ['touch', on.path(name)], creates: on.path(name) });
    const ran = await on.run(
      playOf(() => [guarded('there'), guarded('absent')]),
      { check: true },
    );
    expect(ran.lines).toEqual(['a there: ok', 'a absent: changed']);
  });

  it('calls a handler that may be notified unknown, and one that will be what it does', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(function* () {
        const perhaps = handler(copy('perhaps', { content: 'x', dest: on.path('one') }));
        const surely = handler(copy('surely', { content: 'x', dest: on.path('two') }));
        yield shell('action', 'true', { notify: perhaps });
        yield copy('conf', { content: 'x', dest: on.path('conf') }, { notify: surely });
      }),
      { check: true },
    );
    expect(ran.outcome('a', 'perhaps')).toBe('unknown');
    expect(ran.outcome('a', 'surely')).toBe('changed');
  });
});
