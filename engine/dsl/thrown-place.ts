/** Where in the user's code an error was thrown: for errors that name no place themselves. */
import { fileURLToPath } from 'node:url';
import type { Place } from '../errors.ts';

const engineFolder = `${import.meta.dirname.replace(/\/dsl$/, '')}/`;
const frame = /((?:file:\/\/)?\/[^()]*?)(?:\?[^():]*)?:(\d+):(\d+)\)?$/;

/** The first place outside the engine and its libraries; undefined when there is none. */
export function thrownPlace(error: Error): Place | undefined {
  for (const line of (error.stack ?? '').split('\n')) {
    const match = /^\s+at /.test(line) ? frame.exec(line) : null;
    if (!match?.[1]) continue;
    const file = match[1].startsWith('file:') ? fileURLToPath(match[1]) : match[1];
    if (file.startsWith(engineFolder) || file.includes('/node_modules/')) continue;
    return { file, line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}

/** Whether it was thrown by code that is no part of the engine, whoever called that. */
export function isThrownOutside(error: Error): boolean {
  for (const line of (error.stack ?? '').split('\n')) {
    const match = /^\s+at /.test(line) ? frame.exec(line) : null;
    if (!match?.[1]) continue;
    const file = match[1].startsWith('file:') ? fileURLToPath(match[1]) : match[1];
    return !file.startsWith(engineFolder);
  }
  return false;
}
