import { describe, expect, test, vi } from 'vitest';
import { query } from '../../../engine/modules/commands/query.ts';
import type { QueryAnswer } from '../../../engine/readers/commands/query.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { isSame, mistakes, planned, wanted } from '../planning.ts';
import { ask, shells } from '../shells.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

const answer = (given: Partial<QueryAnswer>): QueryAnswer => ({
  code: 0,
  stdout: '',
  stderr: '',
  binary: false,
  ...given,
});
const argv = ['etcdctl', 'member list'];

test('a good answer is the result', () => {
  const plan = isSame(planned(query, { argv }, { answer: answer({ stdout: 'a\nb\n' }) }));
  expect(plan.failed).toBeUndefined();
  expect(plan.result).toEqual({ code: 0, stdout: 'a\nb', stderr: '', stdoutLines: ['a', 'b'] });
});

test('another exit code is a failure that until and failedWhen may still overrule', () => {
  const plan = isSame(
    planned(query, { argv }, { answer: answer({ code: 2, stderr: 'no route\n' }) }),
  );
  expect(plan.failed).toBe('etcdctl "member list": exit code 2\nno route');
  expect(plan.result).toMatchObject({ code: 2, stderr: 'no route' });
});

test.each([
  [[0, 2], 2, false],
  [[1], 0, true],
  ['any' as const, 77, false],
])('with codes %j, code %i fails: %s', (codes, code, fails) => {
  const plan = isSame(planned(query, { argv, codes }, { answer: answer({ code }) }));
  expect(plan.failed !== undefined).toBe(fails);
});

test('output that is not UTF-8 is a failure that says what to do', () => {
  const plan = isSame(planned(query, { argv }, { answer: answer({ binary: true }) }));
  expect(plan.failed).toContain('base64');
});

test('arguments that contradict each other are refused', () => {
  expect(mistakes(query, {})).toEqual(['give either argv or shell']);
  expect(mistakes(query, { argv, shell: 'id' })).toEqual(['give either argv or shell']);
  expect(mistakes(query, { argv: ['a', secret('b')] })).toEqual([
    expect.stringContaining('exposeSecret'),
  ]);
});

test('the scope says which reader answers', () => {
  const reads = (scope: 'host' | 'shared') =>
    query.definition.reads?.(wanted(query, { argv, scope }), { get: () => undefined });
  expect(reads('host')?.answer.reader.scope).toBe('host');
  expect(reads('shared')?.answer.reader.scope).toBe('shared');
});

describe.each(shells)('under %s', (shell) => {
  test('a shell line answers with its own exit code', () => {
    const want = wanted(query, { shell: 'printf "%s\\n" "a b" | sed s/a/c/; exit 4' });
    const reads = query.definition.reads?.(want, { get: () => undefined });
    const [given] = ask(shell, reads ? [reads.answer] : []);
    expect(given).toMatchObject({ answer: 'value', value: { code: 4, stdout: 'c b\n' } });
  });
});
