import { expect, test } from 'vitest';
import { commandFailure } from '../../engine/run/failure.ts';

test.each([
  ['one\nthe cause\n', 'ended with code 3: the cause'],
  ['the cause\n--- last lines of the journal of x\nNov 21 x\n', 'ended with code 3: the cause'],
  ['--- a line of its own\nlast', 'ended with code 3: last'],
  ['', 'ended with code 3'],
])('of %j the message is %j', (stderr, message) => {
  const bytes = { stdout: Buffer.from(''), stderr: Buffer.from(stderr) };
  const reply = { code: 3, ...bytes, timedOut: false, truncated: false };
  expect(commandFailure(undefined, 'x', reply).message).toBe(message);
});
