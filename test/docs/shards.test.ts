/** The commands of docs/shards.md are taken as they stand. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { playFlags, reportFlags } from '../../engine/cli/flags.ts';
import { parseFlags } from '../../engine/cli/parse.ts';
import { playSettings } from '../../engine/cli/settings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs', 'shards.md'), 'utf8');

/** Words of the lines that call play, without what a shell takes. */
const calls = [...page.matchAll(/^play (.*?)(?: >\S+)?$/gm)].map(([, line = '']) =>
  line.split(' '),
);

test('each run of a playbook has flags that go together', () => {
  const runs = calls.filter(([first]) => first === 'site.ts');
  expect(runs.length).toBeGreaterThan(3);
  for (const argv of runs) {
    const { flags, positionals } = parseFlags(playFlags, argv, 'play');
    expect(playSettings(flags, positionals).shard).toBeDefined();
  }
});

test('each report has flags that there are', () => {
  const reports = calls.filter(([first]) => first === 'report');
  expect(reports.length).toBeGreaterThan(1);
  for (const [, ...argv] of reports)
    expect(parseFlags(reportFlags, argv, 'play report').flags.merge).toBe(true);
});

test('each job is written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shards-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const jobs = calls.filter(([first]) => first === 'shard');
  expect(jobs.length).toBeGreaterThan(5);
  for (const argv of jobs) {
    const words = [join(root, 'bin/play.js'), ...argv];
    const { status, stderr } = spawnSync(process.execPath, words, {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([argv, status, stderr]).toEqual([argv, 0, '']);
  }
});
