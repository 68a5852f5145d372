/** Reads what a run has told: what `--output json` printed, or its journal. */
import { UsageError } from '../../errors.ts';
import type { ShownEvent } from '../shown.ts';

type RunStart = Extract<ShownEvent, { event: 'run-start' }>;
type RunEnd = Extract<ShownEvent, { event: 'run-end' }>;

/** One run as its report tells it. */
export interface RunReport {
  /** Where it was read. */
  readonly file: string;
  readonly start: RunStart;
  readonly events: readonly ShownEvent[];
  /** Undefined: the report, and perhaps the run, broke off. */
  readonly end: RunEnd | undefined;
}

/**
 * The runs of a file. Lines that are no events are passed over: in the log of a job what ssh said
 * stands between them, and a kill cuts the last one.
 * @param file its name, for people
 * @returns none of an empty file
 * @throws UsageError where it holds something else
 */
export function readReports(file: string, text: string): readonly RunReport[] {
  const runs: { start: RunStart; events: ShownEvent[]; end: RunEnd | undefined }[] = [];
  for (const line of text.split('\n')) {
    const event = eventOf(line);
    if (event?.event === 'run-start') runs.push({ start: event, events: [], end: undefined });
    const run = runs.at(-1);
    if (!event || !run) continue;
    run.events.push(event);
    if (event.event === 'run-end') run.end = event;
  }
  // What a run leaves that ended before it began: its part is missing.
  if (runs.length > 0 || text.trim() === '') return runs.map((run) => ({ file, ...run }));
  throw new UsageError(`${file} is no report of a run: it has no event run-start`, {
    hint: 'give what --output json printed, or a journal of .play/runs',
  });
}

function eventOf(line: string): ShownEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const event = JSON.parse(line) as ShownEvent;
    return typeof event.event === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}
