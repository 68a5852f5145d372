import { expect, test } from 'vitest';
import { prettyReporter } from '../../engine/report/pretty.ts';
import { reportTo } from '../../engine/report/shown.ts';
import { StringSink } from '../../engine/report/sink.ts';
import { Redactor } from '../../engine/secrets/redact.ts';
import { playStart, runEnd, runStart, step, stepEnd } from './events.ts';
import { shown } from './shown.ts';

const mode = { what: 'mode', from: '0644', to: '0600' };

test('what hosts say cannot move the cursor or colour the terminal', () => {
  const failure = {
    message: 'bad\u001b[2J',
    stderr: '\u001b[31mred\u001b]0;title\u0007\r\n50%\r100%\n',
  };
  const out = shown([
    playStart(['n1']),
    stepEnd(step('n1', 'x'), { outcome: 'failed', failure }),
    runEnd({}),
  ]);
  expect(out).not.toMatch(/[\u001b\r\u0007]/);
  expect(out).toContain('red');
  expect(out).toContain('| 100%');
});

test('no line of ordinary output is wider than 80 columns', () => {
  const differences = Array.from({ length: 9 }, (_, index) => ({
    ...mode,
    what: `field ${index}`,
  }));
  const out = shown([
    playStart(['n1']),
    stepEnd(step('n1', 'x'), { outcome: 'changed', differences }),
  ]);
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('the live line is drawn on a terminal only, and gone before a line is printed', () => {
  const sink = new StringSink({ isTTY: true, columns: 80 });
  const reporter = prettyReporter(sink, { diff: false, verbosity: 0, now: () => 0 });
  const redacting = reportTo(new Redactor(), [reporter]);
  redacting.on(runStart());
  redacting.on(playStart(['n1']));
  redacting.on({ event: 'step-start', time: 0, step: step('n1', 'etcd runs') });
  redacting.on({ event: 'message', time: 0, level: 'info', text: 'hello' });
  redacting.on(runEnd({}));
  expect(sink.text).toContain('1 host running, 0 steps done, 0.0 s, n1: etcd/etcd runs');
  expect(sink.text).toMatch(/\r\u001b\[Khello\n/);
  expect(sink.text.endsWith('\n')).toBe(true);
});

test('colours are written only where the sink wants them', () => {
  const sink = new StringSink({ color: true });
  const reporter = reportTo(new Redactor(), [prettyReporter(sink, { diff: false, verbosity: 0 })]);
  reporter.on(playStart(['n1']));
  expect(sink.text).toContain('\u001b[1m');
});

test('a run that was interrupted says so', () => {
  expect(shown([runEnd({}, 130)])).toContain('INTERRUPTED');
});
