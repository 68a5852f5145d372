/** The one console: process streams as sinks, and questions to the person at the terminal. */
import { openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import { UsageError } from '../errors.ts';
import { cleanText } from '../report/clean.ts';
import type { Sink } from '../report/sink.ts';
import { Redactor } from '../secrets/redact.ts';
import { secret, type Secret } from '../secrets/secret.ts';

/** Standard output. Colour only for a terminal without NO_COLOR, or with FORCE_COLOR. */
export function standardOutput(): Sink {
  return streamSink(process.stdout);
}

export function standardError(): Sink {
  return streamSink(process.stderr);
}

/** Whatever the process prints goes through one of them: standard output, standard error. */
export const processStreams = (): readonly (NodeJS.WriteStream & { readonly fd: number })[] => [
  process.stdout,
  process.stderr,
];

function streamSink(stream: NodeJS.WriteStream): Sink {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const isTTY = stream.isTTY && TERM !== 'dumb';
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0';
  return {
    write: (text) => void stream.write(text),
    isTTY,
    color: !NO_COLOR && (isTTY || forced),
    get columns() {
      // A terminal that does not know its width says 0.
      return stream.isTTY && stream.columns > 0 ? Math.max(40, stream.columns) : 80;
    },
  };
}

const enter = /[\r\n]/;
const interrupt = '\u0003';

/**
 * Asks on the terminal, even when stdin is a pipe, without showing what is typed.
 * @throws UsageError when there is no terminal, or on Ctrl-C
 */
export async function askPassword(question: string): Promise<Secret> {
  return secret(await ask(question, false));
}

/** Asks for one line on the terminal. */
export function askLine(question: string): Promise<string> {
  return ask(question, true);
}

async function ask(question: string, echo: boolean): Promise<string> {
  const [input, output] = openTerminal(question);
  // First: what is typed before it would be shown by the terminal.
  input.setRawMode(true);
  input.setEncoding('utf8');
  // It goes past the door of the process's own streams.
  output.write(cleanText(new Redactor().sentence(question)));
  try {
    return await readLine(input, echo ? output : undefined);
  } finally {
    input.setRawMode(false);
    output.write('\n');
    input.destroy();
    output.destroy();
  }
}

function openTerminal(question: string): [ReadStream, WriteStream] {
  try {
    return [new ReadStream(openSync('/dev/tty', 'r')), new WriteStream(openSync('/dev/tty', 'w'))];
  } catch (cause) {
    throw new UsageError(`can't ask "${question.trim()}": there is no terminal`, {
      hint: 'run it from a terminal, or set the password as a secret in the inventory',
      cause,
    });
  }
}

function readLine(input: ReadStream, echo: WriteStream | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = '';
    input.on('data', (chunk: string) => {
      for (const character of chunk) {
        if (enter.test(character)) return resolve(line);
        if (character === interrupt) return reject(new UsageError('interrupted'));
        if (character === '\u007f' || character === '\b') {
          if (line !== '') echo?.write('\b \b');
          line = line.slice(0, -1);
        } else if (character === '\u0015') line = '';
        else {
          line += character;
          echo?.write(character);
        }
      }
    });
    input.on('error', reject);
    input.on('end', () => reject(new UsageError('the terminal was closed')));
  });
}
