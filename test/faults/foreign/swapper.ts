/** What the owner of a folder can do while root works there. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { nobody, type Places } from './places.ts';

export interface Swapper {
  /** How often a link has been put in so far. */
  swaps(): number;
  stop(): void;
}

/**
 * Whatever appears there is moved aside, and a link to root's file, or root's folder, stands in its
 * place; `t` is a file and a link in turn.
 */
const script = ({ theirs, secret, ours }: Places): string => `
const { lstatSync, readdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync, writeSync } = require('node:fs');
let count = 0;
const swap = (name, to) => {
  const path = '${theirs}/' + name;
  try {
    if (lstatSync(path).isSymbolicLink()) return;
    renameSync(path, '${theirs}/aside-' + (count += 1));
    symlinkSync(to, path);
    writeSync(1, '.');
  } catch {}
};
const toggle = (path) => {
  try {
    unlinkSync(path);
    if ((count += 1) % 2) symlinkSync('${secret}', path);
    else writeFileSync(path, '');
    writeSync(1, '.');
  } catch {
    try {
      writeFileSync(path, '');
    } catch {}
  }
};
for (;;) {
  toggle('${theirs}/t');
  for (const name of readdirSync('${theirs}')) {
    if (name.startsWith('.play-')) swap(name, count % 2 ? '${secret}' : '${ours}');
    if (name === 'x') swap(name, '${secret}');
    if (name === 'd') swap(name, '${ours}');
  }
}`;

/** Resolves once it swaps. */
export async function startSwapper(at: Places): Promise<Swapper> {
  let swaps = 0;
  const child: ChildProcess = spawn(process.execPath, ['-e', script(at)], {
    uid: nobody,
    gid: nobody,
    cwd: '/',
  });
  await new Promise<void>((resolve) => {
    writeFileSync(`${at.theirs}/x`, '');
    child.stdout?.on('data', (dots: Buffer) => {
      swaps += dots.length;
      resolve();
    });
  });
  return { swaps: () => swaps, stop: () => void child.kill('SIGKILL') };
}
