/**
 * The error tree. Everything the engine throws on purpose is a PlayError: it says what, where and
 * what to do, and carries the exit code of a run that it ends (rule 30, exit codes).
 */

/** A position in a file: 1-based line and column. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ErrorDetails {
  /** Where the mistake is. */
  readonly at?: Place | undefined;
  /** What the person should do. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Base of all expected errors. `message` is one sentence without the place; `formatError` adds it.
 * @example
 * export const portOf = (text: string): number => {
 *   const port = Number(text);
 *   if (Number.isInteger(port)) return port;
 *   throw new PlayError(`'${text}' is no port`, { hint: 'write a number, as 8080' });
 * };
 */
export class PlayError extends Error {
  readonly exitCode: number = 1;
  readonly at: Place | undefined;
  readonly hint: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = new.target.name;
    this.at = details.at;
    this.hint = details.hint;
  }
}

/**
 * Wrong command line: unknown flag, missing playbook, contradicting options.
 * @example
 * export const oneOf = (words: readonly string[]): string => {
 *   const [word, ...more] = words;
 *   if (word !== undefined && more.length === 0) return word;
 *   throw new UsageError('the command takes one word', { hint: 'play logins ada' });
 * };
 */
export class UsageError extends PlayError {}
/** Wrong inventory or variables: YAML, unknown host, a value that a schema refuses. */
export class InventoryError extends PlayError {}
/**
 * Wrong declaration: duplicate id, task never yielded, bad module argument.
 * @example
 * export const atLeastThree = (members: readonly string[]): readonly string[] => {
 *   if (members.length >= 3) return members;
 *   throw new PlaybookError('a cluster has at least three members');
 * };
 */
export class PlaybookError extends PlayError {}
/** A template does not compile or uses what it was not given. */
export class TemplateError extends PlayError {}

/**
 * Several mistakes found in one pass; all are shown.
 * @example
 * export function requireNames(names: readonly string[]): void {
 *   const wrong = names.filter((name) => name.includes(' '));
 *   if (wrong.length > 0) {
 *     throw new ManyErrors(wrong.map((name) => new PlaybookError(`'${name}' has a space`)));
 *   }
 * }
 */
export class ManyErrors extends PlayError {
  readonly errors: readonly PlayError[];
  constructor(errors: readonly PlayError[]) {
    super(`${errors.length} mistakes`);
    this.errors = errors;
  }
}

/** The host cannot be reached, or its connection was lost and not regained. */
export class UnreachableError extends PlayError {
  override readonly exitCode: number = 4;
}

/**
 * The host fell silent, or sent what no shell of ours sends. Trying again would cost as much, and
 * nothing that it says is believed: it is given up.
 */
export class DistrustedError extends UnreachableError {}

/** Another run works on the host: this one leaves it alone (rule 30, exit codes). */
export class HeldError extends UnreachableError {
  override readonly exitCode: number = 5;
}

/**
 * A step failed on a host. A module's `plan` throws it where the step cannot be done.
 * @example
 * export const requireSystemd = (facts: Facts): void => {
 *   if (!facts.systemd) throw new StepError('the host does not run systemd');
 * };
 */
export class StepError extends PlayError {
  override readonly exitCode: number = 2;
}

/** A host does not let a step become its user. */
export class BecomeError extends StepError {}

/** Another run works on the same hosts. */
export class LockedError extends PlayError {
  override readonly exitCode: number = 5;
}

/** A bug of the engine or of a module: nothing ignores or rescues it, it ends the run. */
export class InternalError extends Error {
  constructor(cause: unknown) {
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`a bug of tsplay or of a module, not of the host: ${what}`, { cause });
    this.name = 'InternalError';
    if (cause instanceof Error && cause.stack !== undefined)
      this.stack = `${this.message}\n${cause.stack.split('\n').slice(1).join('\n')}`;
  }
}

/** Shows a place as `file:line:column`, the path relative to the working directory where shorter. */
export function formatPlace(at: Place, cwd = process.cwd()): string {
  const file = at.file.startsWith(`${cwd}/`) ? at.file.slice(cwd.length + 1) : at.file;
  return `${file}:${at.line}:${at.column}`;
}

/**
 * One error as the command line shows it, without its cause.
 * @param error anything that was thrown
 * @returns lines without a line feed at the end: place and message, then the hint
 * @example
 * export const shown = formatError(new PlaybookError('no such file', { hint: 'name another' }));
 */
export function formatError(error: unknown): string {
  if (error instanceof ManyErrors) return error.errors.map(formatError).join('\n');
  if (!(error instanceof PlayError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const where = error.at ? `${formatPlace(error.at)}  ` : '';
  return `${where}${error.message}${error.hint ? `\n  hint: ${error.hint}` : ''}`;
}

/** Why nothing more is begun: the play ended for all hosts, or the person interrupted the run. */
export abstract class EarlyEnd extends Error {}

/** The play was ended for all hosts: too many failed. */
export class PlayEnded extends EarlyEnd {
  constructor(why: string) {
    super(why);
    this.name = 'PlayEnded';
  }
}

/** A step ended the play for the batch or for all hosts, without a failure. */
export class PlayFinished extends EarlyEnd {
  constructor(step: string) {
    super(`'${step}' ended the play`);
    this.name = 'PlayFinished';
  }
}

/** The run was interrupted by the person. */
export class Interrupted extends EarlyEnd {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
