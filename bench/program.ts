/** Runs a program and says what it cost: wall time, processor time of it and its children. */
import { spawn } from 'node:child_process';
import { PlayError } from '../engine/errors.ts';

export interface Cost {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of processor time on this machine, children included. */
  readonly cpu: number;
  readonly stdout: string;
}

export interface Command {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Called with the process id as soon as it runs. */
  readonly started?: (pid: number) => void;
}

/** `times` tells what the shell's ended children took. */
const wrapper = '"$@"; code=$?; times >&3; exit $code';

/** @throws PlayError with the output when it ends with another code than 0 */
export function measured(command: Command): Promise<Cost> {
  const { argv, environment, directory } = command;
  const start = performance.now();
  const child = spawn('bash', ['-c', wrapper, 'measured', ...argv], {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = ['', '', '', ''];
  child.stdio.forEach((stream, index) => {
    stream?.on('data', (chunk: Buffer) => (texts[index] += chunk.toString('utf8')));
  });
  if (child.pid !== undefined) command.started?.(child.pid);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const wall = (performance.now() - start) / 1000;
      const [, stdout = '', stderr = '', times = ''] = texts;
      if (code === 0) return resolve({ wall, cpu: childSeconds(times), stdout });
      const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-40).join('\n');
      reject(new PlayError(`${argv.join(' ')} ended with ${code}:\n${said}`));
    });
  });
}

/** The second line of `times`: user and system time of children, as `0m1.234s`. */
function childSeconds(times: string): number {
  const line = times.trim().split('\n')[1] ?? '';
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}
