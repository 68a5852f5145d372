/** Where in the user's code a value was declared. */
import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Place } from '../errors.ts';

const frame = /\(?((?:file:\/\/|\/)[^()]*?):(\d+):(\d+)\)?$/;
/** The engine's sources, or the one folder that holds it compiled. */
const engineFolder = `${import.meta.dirname.replace(/\/dsl$/, '')}/`;
/** Frames looked through for the first one outside the engine. */
const frames = 12;

/**
 * The first place outside the engine that led here. It is computed when first read: most tasks
 * are never shown, and a stack costs.
 */
export function callerPlace(): Place {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = frames;
  const trace = new Error('place');
  Error.stackTraceLimit = limit;
  let found: Place | undefined;
  const place = (): Place => (found ??= placeOf(trace));
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

const unknown: Place = { file: '<unknown>', line: 1, column: 1 };
/** Places in sources by the places in what was compiled of them: hosts share them. */
const known = new Map<string, Place>();

function placeOf(trace: Error): Place {
  // Who formats stacks in a way of his own also knows where the sources are.
  if (typeof Error.prepareStackTrace === 'function') return parse(trace.stack ?? '');
  let caller: NodeJS.CallSite | undefined;
  Error.prepareStackTrace = (_, sites) => {
    caller = sites.find((site) => isCaller(site.getFileName()));
    return '';
  };
  try {
    void trace.stack;
  } finally {
    Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
  const file = caller?.getFileName();
  const line = caller?.getLineNumber();
  const column = caller?.getColumnNumber();
  if (!file || !line || !column) return unknown;
  const key = `${file}:${line}:${column}`;
  const place = known.get(key) ?? inSource(file, line, column);
  known.set(key, place);
  return place;
}

function isCaller(file: string | null | undefined): boolean {
  if (!file || !/^(file:|\/)/.test(file)) return false;
  return !toPath(file).startsWith(engineFolder);
}

function inSource(file: string, line: number, column: number): Place {
  const entry = findSourceMap(file)?.findEntry(line - 1, column - 1);
  if (!entry || !('originalSource' in entry)) return { file: toPath(file), line, column };
  const { originalSource, originalLine, originalColumn } = entry;
  return { file: toPath(originalSource), line: originalLine + 1, column: originalColumn + 1 };
}

function parse(stack: string): Place {
  for (const line of stack.split('\n').slice(1)) {
    const match = frame.exec(
      line
        .trim()
        .replace(/^at (async )?/, '')
        .replace(/^.* \(/, '('),
    );
    if (!match?.[1] || !isCaller(match[1])) continue;
    return { file: toPath(match[1]), line: Number(match[2]), column: Number(match[3]) };
  }
  return unknown;
}

function toPath(file: string): string {
  const path = file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*$/, '')) : file;
  return path.replace(/\?.*$/, '');
}

/** Where in the user's code this was thrown; undefined when only the engine's led there. */
export function thrownPlace(error: Error): Place | undefined {
  const place = parse(error.stack ?? '');
  return place === unknown ? undefined : place;
}
