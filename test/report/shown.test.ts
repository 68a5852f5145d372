import { expect, test } from 'vitest';
import type { Event } from '../../engine/report/events.ts';
import { show } from '../../engine/report/shown.ts';
import { Redactor } from '../../engine/secrets/redact.ts';

const ended: Event = {
  event: 'step-end',
  time: 0,
  step: {
    host: 'h',
    id: 'p/changed things',
    play: 'p',
    role: undefined,
    name: 'changed things',
    module: 'command',
    at: { file: '/p.ts', line: 1, column: 1 },
    handler: false,
  },
  outcome: 'failed',
  took: 1,
  attempts: 1,
  differences: [],
  notes: ['changed since it was read'],
  failure: {
    message: 'ended with code 1, changed nothing: it is changed',
    stderr: 'first\nit is changed\n',
  },
  result: { stdout: 'changed' },
  secret: false,
};

test('a secret that is a common word is hidden where a host says it, not in our own words', () => {
  const redactor = new Redactor(() => []);
  redactor.add('changed');
  expect(show(ended, redactor)).toMatchObject({
    step: { name: 'changed things' },
    notes: ['changed since it was read'],
    failure: {
      message: 'ended with code 1, changed nothing: it is ***',
      stderr: 'first\nit is ***\n',
    },
    result: { stdout: '***' },
  });
});

test('no secret changes the kind of an event or how a step ended', () => {
  const redactor = new Redactor(() => []);
  for (const plain of ['step-end', 'failed', 'unreachable']) redactor.add(plain);
  expect(show(ended, redactor)).toMatchObject({ event: 'step-end', outcome: 'failed' });
});
