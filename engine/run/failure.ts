/** Failures as people and the journal get them. */
import { thrownPlace } from '../dsl/thrown-place.ts';
import { PlayError } from '../errors.ts';
import type { TaskNode } from '../plan/nodes.ts';
import type { Failure } from '../report/events.ts';
import type { Script } from '../shell/script.ts';
import type { Reply } from '../shell/session.ts';

/** Lines of a script that are shown; the rest is counted. */
const shownLines = 30;

export function failureOf(error: unknown, node: TaskNode | undefined): Failure {
  if (error instanceof PlayError) {
    return { message: error.message, hint: error.hint, at: error.at ?? node?.task.at };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4) : [];
  const at = (error instanceof Error ? thrownPlace(error) : undefined) ?? node?.task.at;
  return { message, at, details: stack.map((line) => line.trim()) };
}

/** A script that ended with an error. */
export function commandFailure(
  message: string | undefined,
  script: Script | string,
  reply: Reply,
): Failure {
  const stderr = reply.stderr.toString('utf8');
  const first = complaint(stderr);
  const how = reply.timedOut ? 'took too long and was ended' : `ended with code ${reply.code}`;
  return {
    message: message ?? (first === '' ? how : `${how}: ${first}`),
    command: shorten(typeof script === 'string' ? script : script.text),
    code: reply.code,
    stdout: reply.stdout.toString('utf8'),
    stderr,
  };
}

/** Its last line; what our scripts add as evidence, a journal, stands below a line `--- of what`. */
function complaint(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const evidence = lines.findIndex((line) => line.startsWith('--- '));
  return lines.at(evidence > 0 ? evidence - 1 : -1) ?? '';
}

function shorten(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= shownLines) return text;
  return [...lines.slice(0, shownLines), `… ${lines.length - shownLines} more lines`].join('\n');
}
