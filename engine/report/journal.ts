/**
 * The journal of a run: one event a line in a file that only its owner can read. Each line is with
 * the kernel before the run goes on, so it survives the controller being killed.
 */
import { createHmac, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Listener, ShownDifference, ShownEvent } from './shown.ts';

/** The journals of a project. */
export const runsDirectory = (project: string): string => join(project, '.play', 'runs');

/** A name for a run that sorts by time: `20261120-224127-3f9c`. */
export function newRunId(now = new Date()): string {
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${randomBytes(2).toString('hex')}`;
}

/**
 * Opens the journal of a run. A run whose journal cannot be written goes on without it.
 * @param project folder in which `.play/` is
 * @param run id of the run, also the file's name
 * @param warn is told once why there is no journal, or none from here on
 */
export function journalReporter(
  project: string,
  run: string,
  warn: (text: string) => void,
): Listener {
  let journal = tryTo(() => openJournal(project, run), warn);
  return {
    on(event) {
      if (event.event === 'step-output' || event.event === 'step-running' || !journal) return;
      const { file, key } = journal;
      const line = `${guardDigests(JSON.stringify(withoutTexts(event)), key)}\n`;
      tryTo(
        () => writeLine(file, line),
        (text) => {
          journal = undefined;
          closeSync(file);
          warn(text);
        },
      );
    },
    close() {
      if (journal) closeSync(journal.file);
      journal = undefined;
      return Promise.resolve();
    },
  };
}

interface Journal {
  readonly file: number;
  readonly key: Buffer;
}

function openJournal(project: string, run: string): Journal {
  const directory = runsDirectory(project);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const path of [join(project, '.play'), directory]) chmodSync(path, 0o700);
  const key = digestKey(project);
  return { key, file: openSync(join(directory, `${run}.jsonl`), 'a', 0o600) };
}

/** A full disk takes a part of a line: the rest would make the next line unreadable. */
function writeLine(file: number, line: string): true {
  const bytes = Buffer.from(line);
  const { size } = fstatSync(file);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    return true;
  } catch (error) {
    if (fstatSync(file).isFile()) ftruncateSync(file, size);
    throw error;
  }
}

/** Undefined, and a warning, where the file system says no. */
function tryTo<T>(work: () => T, warn: (text: string) => void): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    warn(`the run goes on without its journal: ${error.message}`);
    return undefined;
  }
}

/** Texts of files stay out of the journal; how much of them changed is kept. */
function withoutTexts(event: ShownEvent): unknown {
  if (event.event !== 'step-end') return event;
  return { ...event, differences: event.differences.map(withoutText) };
}

function withoutText({ text, ...rest }: ShownDifference): unknown {
  if (!text) return rest;
  return { ...rest, text: { path: text.path, added: text.added, removed: text.removed } };
}

/** A digest would let anybody try guesses of what was digested; under the key only its owner can. */
function guardDigests(line: string, key: Buffer): string {
  return line.replace(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g, (digest) =>
    createHmac('sha256', key).update(digest).digest('hex'),
  );
}

function digestKey(project: string): Buffer {
  const path = join(project, '.play', 'key');
  try {
    writeFileSync(path, randomBytes(32), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(path);
}
