import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { hostQuery, query } from '../../../engine/readers/commands/query.ts';
import { ask, shells } from '../../modules/shells.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "it's a folder "))));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(shells)('under %s', (shell) => {
  test('several commands answer in their order with code, output and error output', () => {
    const answers = ask(shell, [
      query({ argv: ['printf', 'no final line feed'] }),
      query({ argv: ['sh', '-c', 'echo out; echo err >&2; exit 3'] }),
      query({ argv: ['true'] }),
    ]);
    expect(answers).toEqual([
      {
        answer: 'value',
        value: { code: 0, stdout: 'no final line feed', stderr: '', binary: false },
      },
      { answer: 'value', value: { code: 3, stdout: 'out\n', stderr: 'err\n', binary: false } },
      { answer: 'value', value: { code: 0, stdout: '', stderr: '', binary: false } },
    ]);
  });

  test('words reach the program as they are', () => {
    const words = ['', "it's", 'a b', '$HOME `id`', 'x\ny\n', '-n', '*', '\\', 'A=B', 'é'];
    const [answer] = ask(shell, [query({ argv: ['printf', '[%s]', ...words] })]);
    expect(answer).toMatchObject({ value: { stdout: words.map((word) => `[${word}]`).join('') } });
  });

  test('a program that is not there is a value with code 127', () => {
    const [answer] = ask(shell, [query({ argv: ['no-such-program-here'] })]);
    expect(answer).toMatchObject({ answer: 'value', value: { code: 127 } });
  });

  test('a builtin of the shell does not stand in for a program', () => {
    const answers = ask(shell, [query({ argv: ['exit', '0'] }), query({ argv: ['true'] })]);
    expect(answers).toMatchObject([{ value: { code: 127 } }, { value: { code: 0 } }]);
  });

  test('it runs in the directory and with the environment of its key', () => {
    const script = 'printf %s:%s "$PWD" "$GREETING"';
    const [answer] = ask(shell, [
      query({
        argv: ['sh', '-c', script],
        directory: folder,
        environment: { GREETING: "it's me\n$HOME" },
      }),
    ]);
    expect(answer).toMatchObject({ value: { stdout: `${folder}:it's me\n$HOME` } });
  });

  test('a directory that cannot be entered is denied, and the next key still answers', () => {
    const answers = ask(shell, [
      query({ argv: ['true'], directory: '/no/such/folder' }),
      query({ argv: ['echo', 'next'] }),
    ]);
    expect(answers[0]).toMatchObject({ answer: 'denied' });
    expect(answers[0]).toMatchObject({ why: expect.stringContaining('/no/such/folder') });
    expect(answers[1]).toMatchObject({ value: { stdout: 'next\n' } });
  });

  test('bytes that are not UTF-8 are never decoded', () => {
    const [answer] = ask(shell, [query({ argv: ['printf', '\\303\\050'] })]);
    expect(answer).toMatchObject({ value: { code: 0, stdout: '', binary: true } });
  });

  test('a program that reads its input does not swallow the script', () => {
    const answers = ask(shell, [query({ argv: ['cat'] }), query({ argv: ['echo', 'next'] })]);
    expect(answers).toMatchObject([{ value: { stdout: '' } }, { value: { stdout: 'next\n' } }]);
  });
});

test('output that was cut is an error, not an answer', () => {
  const key = { argv: ['true'] };
  const parse = () =>
    query.definition.parse(
      { stdout: Buffer.from('\nm 0\n'), stderr: '\nm\n', code: 0 },
      [key, key],
      'm',
    );
  expect(parse).toThrow('answer 1 is missing');
});

test('any change on any host makes the answer stale, unless it is asked of this host alone', () => {
  expect(query.definition.scope).toBe('shared');
  expect(hostQuery.definition.scope).toBe('host');
  expect(query({ argv: ['id'] }).id).not.toBe(hostQuery({ argv: ['id'] }).id);
});

test('in check a predicted change makes it unknown, unless it is independent', () => {
  const reader = query.definition;
  expect(reader.dependsOnEverything?.({ argv: ['id'] })).toBe(true);
  expect(reader.dependsOnEverything?.({ argv: ['id'], independent: true })).toBe(false);
});

test('the environment of the task is part of the key', () => {
  const key = query.definition.withEnvironment?.({ argv: ['id'] }, { A: 'b' });
  expect(key).toEqual({ argv: ['id'], environment: { A: 'b' } });
});
