import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { command } from '../../../engine/modules/commands/command.ts';
import { absent, value } from '../../../engine/module/reader.ts';
import { file } from '../../../engine/readers/files/file.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { isAct, isSame, mistakes, planned } from '../planning.ts';
import { ask, runScript, shells, type Shell } from '../shells.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'play '))));
afterEach(() => rmSync(folder, { recursive: true }));

type Arguments = z.input<typeof command.definition.args>;

const there = { type: 'file' };
const said = (code: number) => ({ code, stdout: '', stderr: '', binary: false });

describe('guards', () => {
  const argv = ['make'];
  const cases: [string, Partial<Arguments>, Record<string, unknown>, string][] = [
    ['creates, present', { creates: '/x' }, { creates: there }, 'same'],
    ['creates, absent', { creates: '/x' }, { creates: undefined }, 'action'],
    ['removes, present', { removes: '/x' }, { removes: there }, 'action'],
    ['removes, absent', { removes: '/x' }, { removes: undefined }, 'same'],
    ['unless, code 0', { unless: ['t'] }, { unless: said(0) }, 'same'],
    ['unless, code 1', { unless: ['t'] }, { unless: said(1) }, 'action'],
    ['no guard', {}, {}, 'action'],
    [
      'one of two holds',
      { creates: '/x', unless: ['t'] },
      { creates: undefined, unless: said(0) },
      'same',
    ],
  ];
  test.each(cases)('%s', (_, guard, is, expected) => {
    const plan = planned(command, { argv, ...guard }, is);
    expect(plan.plan).toBe(expected);
  });

  test('an action with a guard is a change in check, one without is not', () => {
    const free = isAct(planned(command, { argv }, {}));
    const bound = isAct(planned(command, { argv, creates: '/x' }, { creates: undefined }));
    expect(free.guarded).toBeUndefined();
    expect(bound.guarded).toBe(true);
    expect(bound.differences).toEqual([{ what: '/x', from: 'absent', to: 'present' }]);
    expect(bound.after).toEqual([{ read: file({ path: '/x' }), answer: { answer: 'unknown' } }]);
  });

  test('what removes something is predicted to have removed it', () => {
    const plan = isAct(planned(command, { argv, removes: '/x' }, { removes: there }));
    expect(plan.after).toEqual([{ read: file({ path: '/x' }), answer: absent }]);
  });

  test('after the action a guard must hold, or the next run would do it again', () => {
    const guard = { argv, creates: '/x', unless: ['t', '1'] };
    const { until } = isAct(planned(command, guard, { creates: undefined, unless: said(1) }));
    expect(until?.reads).toHaveLength(2);
    expect(until?.missing([absent, value(said(1))])).toBe(
      "/x is still absent and 't 1' still ends with 1",
    );
    expect(until?.missing([value(there), value(said(1))])).toBeUndefined();
  });

  test('a step that did not run has a result all the same', () => {
    const plan = isSame(planned(command, { argv, creates: '/x' }, { creates: there }));
    expect(plan.result).toEqual({ ran: false, code: 0, stdout: '', stderr: '', stdoutLines: [] });
  });
});

test('secrets in arguments are refused unless they may be exposed', () => {
  const argv = ['login', secret('hunter2')];
  expect(mistakes(command, { argv })).toEqual([expect.stringContaining('exposeSecret')]);
  expect(mistakes(command, { argv, exposeSecret: true })).toEqual([]);
  expect(mistakes(command, { argv: ['a'], unless: argv })).toHaveLength(1);
  expect(mistakes(command, { argv: ['login'], stdin: secret('hunter2') })).toEqual([]);
});

test('arguments that make no sense are refused', () => {
  const parse = (args: object) => command.definition.args.safeParse(args).success;
  expect(parse({ argv: ['a'] })).toBe(true);
  expect(parse({ argv: [] })).toBe(false);
  expect(parse({ argv: ['a'], creates: 'relative' })).toBe(false);
  expect(parse({ argv: ['a'], umask: '22' })).toBe(false);
  expect(parse({ argv: ['a'], chdir: '/' })).toBe(false);
  expect(mistakes(command, { argv: [''] })).toEqual(['the name of the command is empty']);
});

test('exit codes decide about failure', () => {
  const output = (code: number) => ({ code, stdout: '', stderr: '' });
  const plain = isAct(planned(command, { argv: ['a'] }, {}));
  expect(plain.failed?.(output(0))).toBeUndefined();
  expect(plain.failed?.(output(3))).toBe('exit code 3');
  expect(plain.failed?.(output(127))).toBe('exit code 127 (command not found)');
  const some = isAct(planned(command, { argv: ['a'], codes: [0, 3] }, {}));
  expect(some.failed?.(output(3))).toBeUndefined();
  const any = isAct(planned(command, { argv: ['a'], codes: 'any' }, {}));
  expect(any.failed?.(output(127))).toBeUndefined();
});

test('the result has the output as lines, without line feeds at its end', () => {
  const { result } = isAct(planned(command, { argv: ['a'] }, {}));
  expect(result({ code: 0, stdout: 'a\n\nb\n\n', stderr: 'e\n' })).toEqual({
    ran: true,
    code: 0,
    stdout: 'a\n\nb',
    stderr: 'e',
    stdoutLines: ['a', '', 'b'],
  });
  expect(result({ code: 0, stdout: '', stderr: '' }).stdoutLines).toEqual([]);
});

test('what it invalidates is everything, unless it says so', () => {
  expect(isAct(planned(command, { argv: ['a'] }, {})).invalidates).toBeUndefined();
  const told = planned(command, { argv: ['a'], invalidates: { paths: ['/srv'] } }, {});
  expect(isAct(told).invalidates).toEqual({ paths: ['/srv'] });
});

describe.each(shells)('under %s', (shell: Shell) => {
  const run = (args: Arguments) => {
    const plan = isAct(planned(command, args, {}));
    return plan.result(runScript(shell, plan.script, plan));
  };

  test('words, input and directory reach the program', () => {
    const words = ['', "it's", '$(id)', 'x\ny', '-n', '*', 'é'];
    expect(run({ argv: ['printf', '[%s]', ...words] }).stdout).toBe(
      words.map((word) => `[${word}]`).join(''),
    );
    expect(run({ argv: ['cat'], stdin: contentOf('a\nb') }).stdoutLines).toEqual(['a', 'b']);
    expect(run({ argv: ['cat'], stdin: secret('hunter2') }).stdout).toBe('hunter2');
    expect(run({ argv: ['pwd'], directory: folder }).stdout).toBe(folder);
    expect(run({ argv: ['echo', secret('s3')], exposeSecret: true }).stdout).toBe('s3');
  });

  test('new files are made with the mask', () => {
    run({ argv: ['touch', join(folder, 'default')] });
    run({ argv: ['touch', join(folder, 'own')], umask: '077' });
    expect(statSync(join(folder, 'default')).mode & 0o777).toBe(0o644);
    expect(statSync(join(folder, 'own')).mode & 0o777).toBe(0o600);
  });

  test('the exit code is the program’s', () => {
    expect(run({ argv: ['sh', '-c', 'exit 7'] }).code).toBe(7);
    expect(run({ argv: ['no-such-program-here'] }).code).toBe(127);
  });

  test('creates: it runs once and not again', () => {
    const marker = join(folder, 'made');
    const args = { argv: ['sh', '-c', `echo x >> "$1"`, 'sh', marker], creates: marker };
    const look = () => {
      const [answer] = ask(shell, [file({ path: marker })]);
      return { creates: answer?.answer === 'value' ? answer.value : undefined };
    };
    const first = isAct(planned(command, args, look()));
    runScript(shell, first.script);
    expect(first.until?.missing(ask(shell, [...first.until.reads]))).toBeUndefined();
    expect(planned(command, args, look()).plan).toBe('same');
    expect(readFileSync(marker, 'utf8')).toBe('x\n');
    writeFileSync(marker, '');
    expect(planned(command, args, look()).plan).toBe('same');
  });
});
