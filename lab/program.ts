/** Runs programs of the controller: the one place in the lab that starts a child and waits. */
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { PlayError } from '../engine/errors.ts';

export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Text for the program's standard input; nothing by default. */
  readonly input?: string | undefined;
  /** The whole environment; the caller's own by default. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

/** Where programs are looked for: also where root's are, which `su` and `sudo` may leave out. */
export function programPath(): string {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...path, '/usr/sbin', '/usr/bin', '/sbin', '/bin'])].join(delimiter);
}

/**
 * Runs a program and answers how it ended, whatever its exit code.
 * @throws PlayError if the program cannot be started.
 */
export function attempt(
  argv: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      env: { ...(options.environment ?? process.env), PATH: programPath() },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (cause) => {
      reject(new PlayError(`cannot start ${program}: ${cause.message}`, { cause }));
    });
    child.on('close', (code, signal) => {
      resolve({
        code: code ?? 128,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString() + (signal ? `\nended by ${signal}` : ''),
      });
    });
    // A program that exits without reading its input closes the pipe: its exit code tells enough.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/**
 * Runs a program that must succeed and answers its standard output.
 * @throws PlayError with the program's error output if it fails.
 */
export async function demand(
  argv: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const result = await attempt(argv, options);
  if (result.code === 0) return result.stdout;
  const said = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-15).join('\n');
  throw new PlayError(`${argv.join(' ')} failed with exit code ${result.code}: ${said}`);
}

/** Runs a program whose failure means that there was nothing to do. */
export async function tolerate(argv: readonly string[]): Promise<void> {
  await attempt(argv);
}
