import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event } from '../../engine/report/events.ts';
import { journalReporter, newRunId } from '../../engine/report/journal.ts';
import { reportTo } from '../../engine/report/shown.ts';
import { Redactor } from '../../engine/secrets/redact.ts';
import { runStart, step, stepEnd } from './events.ts';

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'tsplay-journal-'));
});
afterEach(() => rmSync(project, { recursive: true }));

const mode = (path: string): string => (statSync(join(project, path)).mode & 0o777).toString(8);

async function journalOf(events: readonly Event[], redactor = new Redactor()): Promise<string> {
  const reporter = reportTo(redactor, [journalReporter(project, 'run1', () => undefined)]);
  for (const event of events) reporter.on(event);
  await reporter.close();
  return readFileSync(join(project, '.play/runs/run1.jsonl'), 'utf8');
}

test('each event is a line of JSON that only the owner can read', async () => {
  mkdirSync(join(project, '.play'), { mode: 0o755 });
  const lines = (await journalOf([runStart(), stepEnd(step('n1', 'x'))])).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as Event).event)).toEqual(['run-start', 'step-end']);
  expect(['.play', '.play/runs', '.play/runs/run1.jsonl', '.play/key'].map(mode)).toEqual([
    '700',
    '700',
    '600',
    '600',
  ]);
});

test('secrets and results of secret tasks never reach it', async () => {
  const redactor = new Redactor(() => ['hunter2']);
  const journal = await journalOf(
    [
      stepEnd(step('n1', 'a'), { result: { stdout: 'password hunter2' } }),
      stepEnd(step('n1', 'b'), { secret: true, result: { stdout: 'token-xyz' } }),
    ],
    redactor,
  );
  expect(journal).toContain('password ***');
  expect(journal).not.toMatch(/hunter2|token-xyz/);
});

test('texts of files are counted, digests are under a key of the project', async () => {
  const digest = 'a'.repeat(64);
  const text = { path: '/etc/x', before: 'old line\n', after: 'new line\n' };
  const end = stepEnd(step('n1', 'a'), {
    outcome: 'changed',
    result: { digest },
    differences: [{ what: 'content', from: undefined, to: undefined, text }],
  });
  const journal = await journalOf([end]);
  expect(journal).toContain('"text":{"path":"/etc/x","added":1,"removed":1}');
  expect(journal).not.toMatch(/old line|new line|a{64}/);
  const again = await journalOf([end]);
  const digests = [...again.matchAll(/"digest":"([0-9a-f]{64})"/g)].map(([, found]) => found);
  expect(digests).toHaveLength(2);
  expect(new Set(digests).size).toBe(1);
});

test('what was reported is on disk when the controller is killed', async () => {
  const script = `
    import { journalReporter } from './engine/report/journal.ts';
    const journal = journalReporter(${JSON.stringify(project)}, 'killed', () => undefined);
    for (let time = 0; time < 50; time++) {
      journal.on({ event: 'message', time, level: 'info', text: 'x' });
    }
    process.kill(process.pid, 'SIGKILL');
  `;
  const child = spawn('node_modules/.bin/tsx', ['--input-type=module', '--eval', script], {
    stdio: 'ignore',
  });
  await once(child, 'exit');
  const lines = readFileSync(join(project, '.play/runs/killed.jsonl'), 'utf8').trimEnd();
  expect(lines.split('\n')).toHaveLength(50);
});

test('a journal that cannot be opened, or not be written any more, is told once', () => {
  mkdirSync(join(project, '.play/runs'), { recursive: true });
  symlinkSync('/dev/full', join(project, '.play/runs/full.jsonl'));
  mkdirSync(join(project, '.play/runs/folder.jsonl'));
  for (const [run, reason] of [
    ['full', /ENOSPC/],
    ['folder', /EISDIR/],
  ] as const) {
    const told: string[] = [];
    const journal = journalReporter(project, run, (text) => void told.push(text));
    for (const time of [1, 2]) journal.on({ event: 'message', time, level: 'info', text: 'x' });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^the run goes on without its journal: /);
    expect(told[0]).toMatch(reason);
  }
});

test('names of runs sort by time', () => {
  expect(newRunId(new Date('2026-11-20T22:41:27Z'))).toMatch(/^20261120-224127-[0-9a-f]{4}$/);
});
