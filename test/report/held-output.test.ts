import { expect, test } from 'vitest';
import type { Event, StepRef } from '../../engine/report/events.ts';
import { reportTo, type ShownEvent } from '../../engine/report/shown.ts';
import { Redactor } from '../../engine/secrets/redact.ts';

const step = (host: string): StepRef => ({
  host,
  id: 'p/s',
  play: 'p',
  role: undefined,
  name: 's',
  module: 'command',
  at: { file: '/p.ts', line: 1, column: 1 },
  handler: false,
});
const output = (text: string, host = 'h'): Event => ({
  event: 'step-output',
  time: 0,
  step: step(host),
  stream: 'stdout',
  text,
});
const end = (host = 'h'): Event => ({
  event: 'step-end',
  time: 0,
  step: step(host),
  outcome: 'changed',
  took: 1,
  attempts: 1,
  differences: [],
  notes: [],
  secret: false,
});

function told(plain: string, events: readonly Event[]): string[] {
  const redactor = new Redactor(() => []);
  redactor.add(plain);
  const seen: ShownEvent[] = [];
  const reporter = reportTo(redactor, [
    { on: (event) => void seen.push(event), close: () => Promise.resolve() },
  ]);
  for (const event of events) reporter.on(event);
  return seen.map((event) => (event.event === 'step-output' ? event.text : event.event));
}

const password = 'correct-horse-battery-staple';
const folded = Buffer.from(`a very long line before it ${password}`)
  .toString('base64')
  .match(/.{1,52}/g) ?? [''];

test('a word that is folded over several lines of live output is hidden in each', () => {
  const lines = told(password, [...folded.map((line) => output(line)), end()]);
  expect(lines.join('\n')).not.toContain(folded[1]);
  expect(lines.join('\n')).toContain('***');
  expect(lines.at(-1)).toBe('step-end');
});

test('an ordinary line is told when it comes', () => {
  expect(told(password, [output('Setting up libfoo (1.2.3) …')])).toEqual([
    'Setting up libfoo (1.2.3) …',
  ]);
});

test('what is held is told in order, before the step ends, and of its host only', () => {
  const long = 'x'.repeat(60);
  expect(
    told(password, [output(long), output(long, 'other'), output('short'), end('other')]),
  ).toEqual([`${long}\nshort`, long, 'step-end']);
});

test('a secret that goes over two lines of a dump is hidden in both', () => {
  const dump = [
    '00000000: 6265 666f 7265 2069 7420 636f 7272 6563  before it correc',
    '00000010: 742d 686f 7273 652d 6261 7474 6572 792d  t-horse-battery-',
    '00000020: 7374 6170 6c65 0a                        staple.',
  ];
  const lines = told(password, [...dump.map((line) => output(line)), end()]);
  expect(lines.join('\n').split('\n')).toEqual([
    '00000000: ***',
    '00000010: ***',
    '00000020: ***',
    'step-end',
  ]);
});
