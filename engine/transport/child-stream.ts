/** A child process as a byte stream; children end with the controller. */
import type { ChildProcess } from 'node:child_process';
import { PlayError } from '../errors.ts';
import { Tail } from './tail.ts';
import type { ByteStream } from './transport.ts';

const living = new Set<() => void>();
let watching = false;

/** Calls `end` when this process exits, unless the returned function was called before. */
export function endWithController(end: () => void): () => void {
  if (!watching) process.once('exit', () => living.forEach((each) => each()));
  watching = true;
  living.add(end);
  return () => living.delete(end);
}

/** Keeps the last bytes that passed. */
export function tailOf(stream: NodeJS.ReadableStream): () => string {
  const tail = new Tail();
  stream.on('data', (chunk: Buffer) => tail.add(chunk));
  return () => tail.text;
}

export interface ChildStreamOptions {
  /** Makes the reason for people out of the last stderr text. */
  readonly why: (stderr: string, code: number | null) => string;
  readonly tail?: () => string;
}

/**
 * @param child spawned with three pipes
 * @throws PlayError when it has no pipes
 */
export function childStream(child: ChildProcess, options: ChildStreamOptions): ByteStream {
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new PlayError('the child process has no pipes');
  const tail = options.tail ?? tailOf(stderr);
  const kill = (): void => {
    child.kill('SIGKILL');
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  };
  const forget = endWithController(kill);
  // EPIPE and ECONNRESET arrive here; `closed` says why.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  const closed = new Promise<{ code: number | null; why: string }>((resolve) => {
    child.once('error', (error) => {
      forget();
      resolve({ code: null, why: error.message });
    });
    child.once('close', (code) => {
      forget();
      resolve({
        code,
        // Most ends are asked for, and nobody asks why.
        get why() {
          return options.why(tail(), code);
        },
      });
    });
  });
  return { stdin, stdout, stderr, closed, kill };
}
