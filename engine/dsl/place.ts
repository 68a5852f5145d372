/** Where in the user's code a value was declared. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Place } from '../errors.ts';

const frame = /\(?((?:file:\/\/|\/)[^()]*?):(\d+):(\d+)\)?$/;
// Where the engine runs: its sources, or the cache that holds it compiled.
const engineFolder = `${dirname(import.meta.dirname)}/`;

/**
 * The first place outside the engine that led here. It is computed when first read: most tasks
 * are never shown, and a stack costs.
 */
export function callerPlace(): Place {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 12;
  const trace = new Error('place');
  Error.stackTraceLimit = limit;
  let found: Place | undefined;
  const place = (): Place => (found ??= parse(trace.stack ?? ''));
  return {
    get file() {
      return place().file;
    },
    get line() {
      return place().line;
    },
    get column() {
      return place().column;
    },
  };
}

function parse(stack: string): Place {
  for (const line of stack.split('\n').slice(1)) {
    const match = frame.exec(
      line
        .trim()
        .replace(/^at (async )?/, '')
        .replace(/^.* \(/, '('),
    );
    if (!match?.[1]) continue;
    const file = toPath(match[1]);
    if (file.startsWith(engineFolder)) continue;
    return { file, line: Number(match[2]), column: Number(match[3]) };
  }
  return { file: '<unknown>', line: 1, column: 1 };
}

function toPath(file: string): string {
  const path = file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*$/, '')) : file;
  return path.replace(/\?.*$/, '');
}
