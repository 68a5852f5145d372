import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copy } from '../../engine/modules/copy.ts';
import { file } from '../../engine/modules/file.ts';
import { mirror } from '../../engine/modules/mirror.ts';
import { TestHost } from '../../engine/testing.ts';
import { report } from './trial.ts';

const nobody = 65534;
const rounds = 40;

/**
 * What the owner of a folder can do meanwhile: whatever appears there is moved aside, and a link to
 * root's file, or root's folder, stands in its place.
 */
const swapper = (folder: string, file: string, target: string): string => `
const { lstatSync, readdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync, writeSync } = require('node:fs');
let count = 0;
const swap = (name, to) => {
  const path = '${folder}/' + name;
  try {
    if (lstatSync(path).isSymbolicLink()) return;
    renameSync(path, '${folder}/aside-' + (count += 1));
    symlinkSync(to, path);
    writeSync(1, '.');
  } catch {}
};
const toggle = (path) => {
  try {
    unlinkSync(path);
    if ((count += 1) % 2) symlinkSync('${file}', path);
    else writeFileSync(path, '');
    writeSync(1, '.');
  } catch {
    try {
      writeFileSync(path, '');
    } catch {}
  }
};
for (;;) {
  toggle('${folder}/t');
  for (const name of readdirSync('${folder}')) {
    if (name.startsWith('.play-')) swap(name, count % 2 ? '${file}' : '${target}');
    if (name === 'x') swap(name, '${file}');
    if (name === 'd') swap(name, '${target}');
  }
}`;

describe('the owner of a folder, who swaps what root makes there for links', () => {
  let at = '';
  let child: ChildProcess;
  let swaps = 0;
  beforeAll(async () => {
    at = mkdtempSync(`${tmpdir()}/tsplay-swap-`);
    chmodSync(at, 0o755);
    mkdirSync(`${at}/theirs`);
    chownSync(`${at}/theirs`, nobody, nobody);
    mkdirSync(`${at}/ours`, { mode: 0o711 });
    writeFileSync(`${at}/ours/secret`, 'root only', { mode: 0o600 });
    mkdirSync(`${at}/source/d`, { recursive: true });
    writeFileSync(`${at}/source/d/evil`, 'evil');
    const script = swapper(`${at}/theirs`, `${at}/ours/secret`, `${at}/ours`);
    child = spawn(process.execPath, ['-e', script], { uid: nobody, gid: nobody, cwd: '/' });
    await new Promise<void>((resolve) => {
      writeFileSync(`${at}/theirs/x`, '');
      child.stdout?.on('data', (dots: Buffer) => {
        swaps += dots.length;
        resolve();
      });
    });
  });
  afterAll(() => {
    child.kill('SIGKILL');
    rmSync(at, { recursive: true, force: true });
  });

  const untouched = (): boolean => {
    const secret = statSync(`${at}/ours/secret`);
    const ours = statSync(`${at}/ours`);
    return (
      readFileSync(`${at}/ours/secret`, 'utf8') === 'root only' &&
      [secret.uid, secret.mode & 0o777, ours.uid, ours.mode & 0o777].join() ===
        [0, 0o600, 0, 0o711].join() &&
      ours.nlink === 2
    );
  };

  const host = new TestHost({ facts: { has: { tar: true } } });
  const owner = 'nobody';
  const work: Readonly<Record<string, () => Promise<unknown>>> = {
    'a file with owner and mode': () =>
      host.apply(copy, {
        content: String(swaps),
        dest: `${at}/theirs/x`,
        owner,
        mode: '0644',
      }),
    'owner and mode of what is there': () =>
      host.apply(file, { path: `${at}/theirs/t`, state: 'file', owner: 'daemon', mode: '0666' }),
    'a folder with owner and mode': () =>
      host.apply(file, { path: `${at}/theirs/d`, state: 'directory', owner, mode: '0777' }),
    'a whole tree': () => host.apply(mirror, { src: `${at}/source`, dest: `${at}/theirs`, owner }),
  };

  test.for(Object.entries(work))('%s', async ([name, apply], context) => {
    // A busy machine lets nobody swap for a while: it counts from the first swap on.
    const before = swaps;
    let [tried, held] = [0, 0];
    for (let round = 0; round < 4 * rounds && tried < rounds; round += 1) {
      // It may well fail: what it must not do is to touch what the links lead to.
      await apply().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (swaps === before) continue;
      tried += 1;
      if (untouched()) held += 1;
    }
    report(context, {
      fault: `${name}, in a folder whose owner swaps it for links meanwhile`,
      promise: "root's file keeps owner, mode and content, and nothing lands beside it",
      tried,
      held,
    });
    expect(tried).toBe(rounds);
  });
});
