/** A run with everything around it: password, reporters, journal, Ctrl-C. */
import type { Inventory } from '../inventory/view.ts';
import type { PlayPlan } from '../plan/nodes.ts';
import { journalReporter, newRunId } from '../report/journal.ts';
import { jsonReporter } from '../report/json.ts';
import { prettyReporter } from '../report/pretty.ts';
import { profileReporter } from '../report/profile.ts';
import { reportTo, type Listener } from '../report/shown.ts';
import type { Sink } from '../report/sink.ts';
import { Redactor } from '../secrets/redact.ts';
import { listenForInterrupts } from './interrupt.ts';
import type { PlaySettings } from './settings.ts';
import { standardError } from './terminal.ts';
import { startRun } from './wire.ts';

export interface RunParts {
  readonly plans: readonly PlayPlan[];
  readonly settings: PlaySettings;
  readonly path: string;
  readonly inventory: Inventory;
  readonly out: Sink;
}

/** @returns the exit code */
export async function runWithReports(parts: RunParts): Promise<number> {
  const { settings, out } = parts;
  const redactor = new Redactor();
  const run = newRunId();
  const reporter = reportTo(redactor, [
    journalReporter(process.cwd(), run),
    ...screenReporters(settings, out),
  ]);
  const interrupts = listenForInterrupts(standardError());
  try {
    return await startRun({
      run,
      settings,
      playbookPath: parts.path,
      inventory: parts.inventory,
      plans: parts.plans,
      reporter,
      redactor,
      interrupts,
    });
  } finally {
    interrupts.stop();
    await reporter.close();
  }
}

function screenReporters(settings: PlaySettings, out: Sink): readonly Listener[] {
  const profile = settings.profile
    ? [profileReporter(settings.output === 'json' ? standardError() : out)]
    : [];
  const { diff, verbosity } = settings;
  const screen =
    settings.output === 'json' ? jsonReporter(out) : prettyReporter(out, { diff, verbosity });
  return [screen, ...profile];
}
