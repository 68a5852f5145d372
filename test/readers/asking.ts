/** A folder for one test, and readers asked by real shells. */
import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Answer, Read } from '../../engine/module/reader.ts';
import { TestHost, type HostOptions } from '../../engine/testing.ts';

/** A folder that others may look into, removed with the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'play-files-'));
  chmodSync(path, 0o755);
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export async function askOne<V>(read: Read<V>, options: HostOptions = {}): Promise<Answer<V>> {
  const [answer] = await new TestHost(options).ask([read]);
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

/** The value of an answer. */
export async function valueOf<V>(read: Read<V>, options: HostOptions = {}): Promise<V> {
  const answer = await askOne(read, options);
  if (answer.answer !== 'value') throw new Error(`the answer is ${answer.answer}`);
  return answer.value;
}

/** uid and gid of `nobody`. */
export const nobody = 65534;
