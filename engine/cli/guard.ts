/**
 * The last door of the process: what a library, Node or a user's code prints by itself goes through
 * it too, so that no secret leaves in an error text or a warning; and nothing that cannot be
 * written any more, a closed pipe or terminal, a full disk, ends a run.
 */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { format } from 'node:util';
import { formatError } from '../errors.ts';
import { cleanText } from '../report/clean.ts';
import { Redactor } from '../secrets/redact.ts';
import { processStreams, standardError } from './terminal.ts';

/** Characters of an error that we did not write; some quote all of their input. */
const longestError = 4000;

/**
 * An error as text that may be shown. Of one that is not ours only the beginning.
 * @throws nothing: what cannot be shown is said to be
 */
export function shownError(error: unknown, redactor = new Redactor()): string {
  try {
    const text = cleanText(redactor.sentence(formatError(error)));
    return text.length > longestError ? `${text.slice(0, longestError)} …` : text;
  } catch {
    return 'an error whose text cannot be shown';
  }
}

/** Puts the door in front of standard output and standard error. Call it once, at the start. */
export function guardProcess(): void {
  const redactor = new Redactor();
  const terminals = [0, 1, 2].filter((file) => isatty(file));
  for (const stream of processStreams())
    guardStream(stream, redactor, () => leaveTerminal(terminals.splice(0)));
  process.removeAllListeners('warning');
  process.on('warning', (warning) => tell(`${warning.name}: ${warning.message}`));
  process.on('uncaughtException', endWith);
  process.on('unhandledRejection', endWith);
  Reflect.set(process, '_rawDebug', (...words: readonly unknown[]) =>
    standardError().write(`${format(...words)}\n`),
  );
  writeNoReports();
}

/** Node's own reports (`--report-on-fatalerror`) hold the whole environment, and what was thrown. */
function writeNoReports(): void {
  const { report } = process;
  if (report.reportOnSignal)
    process.on(report.signal, () => tell('no report is written: it would hold the environment'));
  report.reportOnFatalError = false;
  report.reportOnSignal = false;
  report.reportOnUncaughtException = false;
}

function guardStream(
  stream: NodeJS.WriteStream & { readonly fd: number },
  redactor: Redactor,
  atHangUp: () => void,
): void {
  const write = stream.write.bind(stream);
  let lost = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (lost) return;
    lost = true;
    if (error.code === 'EIO') process.once('exit', atHangUp);
    // Nobody can be told that standard error is gone.
    if (stream.fd !== 2)
      tell(
        `standard output cannot be written any more (${error.code ?? error.message}); all else goes on`,
      );
  });
  stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const done = rest.find((each): each is () => void => typeof each === 'function');
    if (lost) {
      if (done) queueMicrotask(done);
      return true;
    }
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const clean = redactor.sentence(text);
    return write(clean === text ? chunk : clean, done);
  };
}

/** Node crashes when it ends and sets back a terminal that was closed; not one it does not have. */
function leaveTerminal(files: readonly number[]): void {
  for (const file of files) closeSync(file);
}

const tell = (text: string): void => standardError().write(`${shownError(text)}\n`);

function endWith(error: unknown): void {
  tell(shownError(error));
  process.exit(1);
}
