/** `play report`: what runs told, put together. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { cleanJson } from '../../report/clean.ts';
import { newRunId } from '../../report/journal.ts';
import { mergedEvents } from '../../report/merge/events.ts';
import { mergeReports, type MergedRun } from '../../report/merge/merge.ts';
import { mergedText } from '../../report/merge/text.ts';
import { PendingFiles } from '../../run/handlers/pending-files.ts';
import type { CommandContext } from '../command.ts';
import type { reportFlags } from '../flags.ts';
import { packageVersion } from '../package.ts';
import type { Parsed } from '../parse.ts';
import { readReportFiles } from './share.ts';

/** @returns the exit code of one run over all */
export async function report(
  { flags, positionals: files }: Parsed<typeof reportFlags>,
  { out }: CommandContext,
): Promise<number> {
  if (!flags.merge || files.length === 0) {
    throw new UsageError('play report puts the reports of parts together', {
      hint: 'play report --merge part-1.jsonl part-2.jsonl part-3.jsonl',
    });
  }
  const merged = mergeReports(await readReportFiles(files));
  const run = newRunId();
  if (flags.output === 'json') {
    const events = mergedEvents(merged, { run, version: packageVersion() });
    for (const event of events) out.write(`${cleanJson(event)}\n`);
  } else out.write(`${mergedText(merged, out)}\n`);
  if (flags.retry !== undefined) writeRetry(flags.retry, merged);
  if (flags.keep) keepPending(merged, run);
  return merged.exitCode;
}

/** For `--limit @FILE`, which takes a line with # for a comment. */
function writeRetry(file: string, { retry, parts }: MergedRun): void {
  const missing = parts.filter(({ state, part }) => state === 'missing' && part !== 'rest');
  const lines = [
    ...missing.map(({ name }) => `# the hosts of part ${name} are not known here: --shard ${name}`),
    ...retry,
  ];
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
}

/** As if a run of this project had left them. */
function keepPending({ pending }: MergedRun, run: string): void {
  const base = join(process.cwd(), '.play');
  mkdirSync(base, { recursive: true, mode: 0o700 });
  const files = new PendingFiles(base, run);
  const entries = pending.map(({ host, handler, inventory, target }) => ({
    host,
    handler,
    inventory,
    target,
  }));
  for (const entry of entries) files.write(entry, true);
  files.release(entries);
}
