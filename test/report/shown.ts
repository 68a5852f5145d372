/** What a person sees of some events. */
import type { Event } from '../../engine/report/events.ts';
import { prettyReporter, type PrettyOptions } from '../../engine/report/pretty.ts';
import { reportTo } from '../../engine/report/shown.ts';
import { StringSink } from '../../engine/report/sink.ts';
import { Redactor } from '../../engine/secrets/redact.ts';

export function shown(events: readonly Event[], options: Partial<PrettyOptions> = {}): string {
  const sink = new StringSink();
  const reporter = reportTo(new Redactor(), [
    prettyReporter(sink, { diff: false, verbosity: 0, ...options }),
  ]);
  for (const event of events) reporter.on(event);
  return sink.text;
}
