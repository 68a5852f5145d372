/** Where in the user's code a value was declared. */
import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Place } from '../errors.ts';

/** The engine's sources, or the one folder that holds it compiled. */
const engineFolder = `${import.meta.dirname.replace(/\/dsl$/, '')}/`;
/** Frames looked through for the first one outside the engine. */
const frames = 12;

const unknown: Place = { file: '<unknown>', line: 1, column: 1 };
/** Places in sources by the places in what was compiled of them: hosts share them. */
const known = new Map<string, Place>();

/** The first place outside the engine that led here. */
export function callerPlace(): Place {
  const limit = Error.stackTraceLimit;
  // oxlint-disable-next-line typescript/unbound-method -- it is put back as it was, and called bare
  const format = Error.prepareStackTrace;
  let place = unknown;
  Error.stackTraceLimit = frames;
  // The frames themselves cost a tenth of a formatted stack.
  Error.prepareStackTrace = (error, sites) => {
    const caller = sites.find(isCaller);
    if (caller) place = placeOf(caller, () => String(format?.(error, sites)));
    return '';
  };
  try {
    const trace: { stack?: unknown } = {};
    Error.captureStackTrace(trace, callerPlace);
    void trace.stack;
    return place;
  } finally {
    Error.stackTraceLimit = limit;
    Error.prepareStackTrace = format;
  }
}

function isCaller(site: NodeJS.CallSite): boolean {
  const file = site.getFileName();
  return typeof file === 'string' && isOutside(file);
}

const isOutside = (file: string): boolean =>
  /^(file:|\/)/.test(file) && !toPath(file).startsWith(engineFolder);

/** @param formatted the whole stack as text, from whoever else knows where the sources are */
function placeOf(site: NodeJS.CallSite, formatted: () => string): Place {
  const file = site.getFileName() ?? '';
  const line = site.getLineNumber() ?? 1;
  const column = site.getColumnNumber() ?? 1;
  const key = `${file}:${line}:${column}`;
  const before = known.get(key);
  if (before) return before;
  const place = inSource(file, line, column) ??
    inText(formatted()) ?? { file: toPath(file), line, column };
  known.set(key, place);
  return place;
}

function inSource(file: string, line: number, column: number): Place | undefined {
  const entry = findSourceMap(file)?.findEntry(line - 1, column - 1);
  if (!entry || !('originalSource' in entry)) return undefined;
  const { originalSource, originalLine, originalColumn } = entry;
  return { file: toPath(originalSource), line: originalLine + 1, column: originalColumn + 1 };
}

const frame = /\(?((?:file:\/\/|\/)[^()]*?):(\d+):(\d+)\)?$/;

function inText(stack: string): Place | undefined {
  for (const line of stack.split('\n')) {
    const match = frame.exec(
      line
        .trim()
        .replace(/^at (async )?/, '')
        .replace(/^.* \(/, '('),
    );
    if (!match?.[1] || !isOutside(match[1])) continue;
    return { file: toPath(match[1]), line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}

function toPath(file: string): string {
  if (!file.startsWith('file:') && !file.includes('?')) return file;
  const path = file.replace(/\?.*$/, '');
  return path.startsWith('file:') ? fileURLToPath(path) : path;
}
