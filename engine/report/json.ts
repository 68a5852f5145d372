/** One event a line, for programs; `docs/events.md` describes the fields. */
import { cleanJson } from './clean.ts';
import type { Listener } from './shown.ts';
import type { Sink } from './sink.ts';

/** @param sink usually stdout */
export function jsonReporter(sink: Sink): Listener {
  return {
    on: (event) => sink.write(`${cleanJson(event)}\n`),
    close: () => Promise.resolve(),
  };
}
