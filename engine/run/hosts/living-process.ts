/** Processes of this machine that files of the project belong to. */
import { readFileSync } from 'node:fs';

/** A process: its number and when it began, since numbers are used again. */
export interface ProcessName {
  readonly pid: number;
  /** As the kernel counts; `0` where that cannot be told. */
  readonly start: string;
}

export const thisProcess = (): ProcessName => ({
  pid: process.pid,
  start: startOf(process.pid) ?? '0',
});

export function isAlive({ pid, start }: ProcessName): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  // The number may have gone to another process since.
  return start === '0' || startOf(pid) === start;
}

/** Undefined where it cannot be told, or the process is over. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
