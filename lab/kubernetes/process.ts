import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { PlayError } from 'tsplay';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` removes a name. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs one program to its end and answers what it wrote to stdout. */
export type Run = (argv: readonly [string, ...string[]], options?: RunOptions) => Promise<string>;

export interface RunnerSettings {
  /** Everything the programs print is appended here. */
  readonly log?: string;
  /** An open file that every child inherits as descriptor 3: a lock on it outlives this process. */
  readonly keepOpen?: number;
  /** Added to the scheduling priority of the children, 0 to 19: builds take minutes. */
  readonly nice?: number;
}

const lastLines = (text: string, count: number) => text.trimEnd().split('\n').slice(-count);

/**
 * Makes a function that runs programs with one log, one lock and one priority.
 * The function throws PlayError with the last lines of output when a program fails.
 */
export function runner(settings: RunnerSettings = {}): Run {
  return async (argv, options = {}) => {
    const [file, ...rest] = settings.nice ? ['nice', '-n', String(settings.nice), ...argv] : argv;
    const child = spawn(file ?? argv[0], rest, {
      cwd: options.cwd,
      // Go finds its place in GOPATH by PWD: the kernel's own answer has no symbolic links in it.
      env: { ...process.env, ...(options.cwd ? { PWD: options.cwd } : {}), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', settings.keepOpen ?? 'ignore'],
    });
    const log = settings.log ? createWriteStream(settings.log, { flags: 'a' }) : undefined;
    log?.write(`$ ${argv.join(' ')}\n`);
    const stdout: Buffer[] = [];
    let tail = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      log?.write(chunk);
      tail = (tail + chunk.toString()).slice(-8192);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      log?.write(chunk);
      tail = (tail + chunk.toString()).slice(-8192);
    });
    const ended = await new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(code === 0 ? '' : `exit ${signal ?? code}`));
    });
    if (log) await finished(log.end());
    if (ended === '') return Buffer.concat(stdout).toString();
    throw new PlayError(`${argv.join(' ')}: ${ended}\n${lastLines(tail, 15).join('\n')}`, {
      hint: settings.log ? `the whole output is in ${settings.log}` : undefined,
    });
  };
}
