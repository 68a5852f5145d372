/** The state folder: where labs, their records and the cached base trees live. */
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { PlayError, UsageError } from '../engine/errors.ts';

/** What is written down about a lab, in `lab.json` in its folder. */
const recordShape = z.strictObject({
  driver: z.string(),
  name: z.string(),
  prefix: z.string(),
  subnet: z.string(),
  bridge: z.string(),
  packages: z.array(z.string()),
  /** Folder of the base tree that its hosts stand on. */
  base: z.string(),
  /** How many hosts it has. */
  count: z.number().int(),
});
export type LabRecord = z.infer<typeof recordShape>;

/**
 * The folder that holds every lab: `$TSPLAY_LAB`, or a fixed place outside any repository.
 * @throws UsageError if the path holds a character that mount options cannot carry.
 */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const folder = resolve(environment['TSPLAY_LAB'] || '/var/tmp/tsplay-lab');
  if (/^[\w./@-]+$/.test(folder)) return folder;
  throw new UsageError(`the state folder ${folder} cannot be mounted on`, {
    hint: 'set TSPLAY_LAB to a path of letters, digits, dots, dashes and underscores',
  });
}

/** Makes the state folder, readable by root alone: it holds private keys. */
export async function openStateFolder(folder: string): Promise<void> {
  await mkdir(join(folder, 'labs'), { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}

export function labFolder(state: string, name: string): string {
  return join(state, 'labs', name);
}

/** The lock that whoever changes a lab holds; outside its folder, which `down` removes. */
export function lockOf(state: string, name: string): string {
  return join(state, `lab-${name}.lock`);
}

/** The record of a lab, or undefined where none was written. */
export async function readRecord(state: string, name: string): Promise<LabRecord | undefined> {
  const file = join(labFolder(state, name), 'lab.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return recordShape.parse(JSON.parse(text));
  } catch (cause) {
    throw new PlayError(`${file} is not a lab's record`, {
      hint: `remove the file and run \`play lab down --name ${name}\``,
      cause,
    });
  }
}

export async function writeRecord(state: string, record: LabRecord): Promise<void> {
  const folder = labFolder(state, record.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(join(folder, 'lab.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** Names of all labs that have a folder, whether their making was finished or not. */
export async function labNames(state: string): Promise<string[]> {
  const entries = await readdir(join(state, 'labs'), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

export async function removeLabFolder(state: string, name: string): Promise<void> {
  await rm(labFolder(state, name), { recursive: true, force: true });
}

/** Writes a file so that a kill leaves the old one or the new one, never half of it. */
export async function writeWhole(file: string, content: string, mode = 0o600): Promise<void> {
  const fresh = `${file}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, content, { mode });
  await rename(fresh, file);
}
