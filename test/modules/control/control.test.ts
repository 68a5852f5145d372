import { expect, test } from 'vitest';
import { assert } from '../../../engine/modules/control/assert.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { fail } from '../../../engine/modules/control/fail.ts';
import { pause } from '../../../engine/modules/control/pause.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { isSame, mistakes, planned } from '../planning.ts';

test.each([
  [true, undefined],
  [[true, true], undefined],
  [false, 'it does not hold'],
  [[true, false, false], 'number 2, 3 of 3 does not hold'],
])('assert %j: %s', (that, failed) => {
  expect(isSame(planned(assert, { that }, {})).failed).toBe(failed);
});

test('assert says its message', () => {
  expect(isSame(planned(assert, { that: false, message: 'too old' }, {})).failed).toBe('too old');
  expect(isSame(planned(assert, { that: true, message: 'too old' }, {})).failed).toBeUndefined();
});

test('an empty list asserts nothing and is refused', () => {
  expect(assert.definition.args.safeParse({ that: [] }).success).toBe(false);
});

test('fail fails, in check too', () => {
  expect(isSame(planned(fail, { message: 'no' }, {})).failed).toBe('no');
  expect(isSame(planned(fail, { message: 'no' }, {}, { check: true })).failed).toBe('no');
});

test('debug notes its message and its value, secrets hidden', () => {
  const plan = isSame(
    planned(debug, { message: 'got', value: { user: 'deploy', key: secret('hunter2') } }, {}),
  );
  expect(plan.notes).toEqual(["got\n{ key: ***, user: 'deploy' }"]);
  expect(plan.result.text).not.toContain('hunter2');
});

test('debug of a value that is undefined shows that', () => {
  expect(isSame(planned(debug, { value: undefined }, {})).notes).toEqual(['undefined']);
});

test('debug of nothing is refused', () => {
  expect(mistakes(debug, {})).toEqual(['give a message or a value']);
});

test('pause asks the run to wait', () => {
  expect(isSame(planned(pause, { seconds: 2.5 }, {})).wait).toBe(2.5);
  expect(pause.definition.args.safeParse({ seconds: -1 }).success).toBe(false);
});
