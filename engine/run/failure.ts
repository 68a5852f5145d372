/** Failures as people and the journal get them. */
import { inspect } from 'node:util';
import { isThrownOutside, thrownPlace } from '../dsl/thrown-place.ts';
import { PlayError } from '../errors.ts';
import type { TaskNode } from '../plan/nodes.ts';
import type { Failure } from '../report/events.ts';
import type { Script } from '../shell/script.ts';
import type { Reply } from '../shell/session/session.ts';
import { reasonIn } from './reason.ts';
import { FunctionError } from '../plan/not-yet-known.ts';

/** Lines of a script that are shown; the rest is counted. */
const shownLines = 30;

/**
 * Whether an error fails the step: what is thrown on purpose, what the controller's system refuses,
 * what code that is no part of the engine throws. Anything else is a bug.
 */
export function failsStep(error: unknown): boolean {
  if (error instanceof PlayError || isSystemError(error)) return true;
  // The engine throws nothing but errors.
  return !(error instanceof Error) || isThrownOutside(error);
}

/** A file that cannot be read, a connection that is refused, a time that is over. */
function isSystemError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (['AbortError', 'TimeoutError'].includes(error.name)) return true;
  return ('errno' in error && 'syscall' in error) || isSystemError(error.cause);
}

export function failureOf(error: unknown, node: TaskNode | undefined): Failure {
  if (error instanceof FunctionError) return failureOf(error.cause, node);
  if (error instanceof PlayError) {
    return { message: error.message, hint: error.hint, at: error.at ?? node?.task.at };
  }
  const message = error instanceof Error ? error.message : `${inspect(error)} was thrown`;
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4) : [];
  const at = (error instanceof Error ? thrownPlace(error) : undefined) ?? node?.task.at;
  return { message, at, details: stack.map((line) => line.trim()) };
}

/**
 * A script that ended with an error.
 * @param what the script, and the user's own command where it runs one
 */
export function commandFailure(
  message: string | undefined,
  what: { readonly script: Script; readonly command?: string | undefined },
  reply: Reply,
): Failure {
  const stderr = reply.stderr.toString('utf8');
  const reason = reasonIn(stderr);
  const how = reply.timedOut ? 'took too long and was ended' : `ended with code ${reply.code}`;
  return {
    message: message ?? (reason === '' ? how : `${how}: ${reason}`),
    ...(what.command === undefined
      ? { script: shorten(what.script.text) }
      : { command: shorten(what.command) }),
    code: reply.code,
    stdout: reply.stdout.toString('utf8'),
    stderr,
  };
}

function shorten(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= shownLines) return text;
  return [...lines.slice(0, shownLines), `… ${lines.length - shownLines} more lines`].join('\n');
}
