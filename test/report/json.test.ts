import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jsonReporter } from '../../engine/report/json.ts';
import { profileReporter } from '../../engine/report/profile.ts';
import { reportTo } from '../../engine/report/shown.ts';
import { StringSink } from '../../engine/report/sink.ts';
import { Redactor } from '../../engine/secrets/redact.ts';
import { playStart, recap, runEnd, runStart, step, stepEnd } from './events.ts';

test('each event is one line of JSON with secrets hidden and texts as a diff', () => {
  const sink = new StringSink();
  const reporter = reportTo(new Redactor(() => ['hunter2']), [jsonReporter(sink)]);
  const text = { path: '/etc/x', before: 'a\n', after: 'b\n' };
  reporter.on(runStart());
  reporter.on(
    stepEnd(step('n1', 'x'), {
      outcome: 'changed',
      differences: [{ what: 'content', from: undefined, to: undefined, text }],
      notes: ['line\nhunter2'],
    }),
  );
  const lines = sink.text.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    event: 'step-end',
    outcome: 'changed',
    notes: ['line\n***'],
    differences: [
      {
        what: 'content',
        text: { path: '/etc/x', added: 1, removed: 1, diff: '@@ -1,1 +1,1 @@\n-a\n+b' },
      },
    ],
  });
});

test('no secret can change what kind of event it is', () => {
  const sink = new StringSink();
  const reporter = reportTo(new Redactor(() => ['step-end', 'changed']), [jsonReporter(sink)]);
  reporter.on(stepEnd(step('n1', 'x'), { outcome: 'changed' }));
  expect(JSON.parse(sink.text)).toMatchObject({ event: 'step-end', outcome: 'changed' });
});

test('every event and every field of the union is described in docs/events.md', () => {
  const source = readFileSync(new URL('../../engine/report/events.ts', import.meta.url), 'utf8');
  const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
  const union = source.slice(source.indexOf('export interface StepRef'));
  const fields = [...union.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name ?? '');
  const events = [...source.matchAll(/readonly event: ['"]([\w-]+)['"]/g)].map(
    ([, name]) => name ?? '',
  );
  const missing = [...new Set([...events, ...fields])].filter(
    (name) => !page.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
});

test('--profile tells the slowest steps and what each host cost', () => {
  const sink = new StringSink();
  const reporter = reportTo(new Redactor(), [profileReporter(sink)]);
  reporter.on(playStart(['n1', 'n2']));
  reporter.on(stepEnd(step('n1', 'fast'), { took: 5 }));
  reporter.on(stepEnd(step('n2', 'slow'), { took: 2500 }));
  reporter.on(runEnd({ n1: recap(), n2: recap() }));
  expect(sink.text).toMatchInlineSnapshot(`
    "
    SLOWEST STEPS
         2.5 s  n2  etcd/etcd/slow
         0.0 s  n1  etcd/etcd/fast

    HOSTS
    host  connections  trips          up        down  processes
    n1              1      3     2.0 KiB       512 B          9
    n2              1      3     2.0 KiB       512 B          9

    controller: 0.6 s of processor time in 4.2 s: 320 ms for each host, 320.00 ms for each of its steps
    "
  `);
});
