/** Processes that a session's own scripts start on the host, in the usual course of things. */
import type { Request, StepRequest } from './session.ts';

/** `umask` and `id` of the preamble. */
export const openingProcesses = 2;
/** The session folder and its watchdog, made before the first step or timed read. */
export const folderProcesses = 5;

/** A shell of its own for each request, and the programs that it runs. */
export function processesOf(request: Request): number {
  if (request.kind === 'step') return sharesProcesses(request) ? 1 : 2;
  const limited = request.attempt === undefined ? 0 : 1;
  return 1 + limited + (request.processes ?? 1);
}

/** Whether the step runs among the session's own processes: nothing of it is to be told apart. */
export function sharesProcesses({ script, stdin, ownLocale, onOutput }: StepRequest): boolean {
  if (script.contained !== true || script.streams.length > 0) return false;
  return stdin === undefined && !ownLocale && !onOutput;
}
