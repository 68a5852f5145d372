/** The roots of a program's hosts before it runs, and what they hold afterwards. */
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Program } from './written/program.ts';

/** Whom steps become: a user of every system. */
export const otherUser = { name: 'daemon', id: 1 } as const;

/** The host that a step adds to the inventory. */
export const addedHost = 'd';

/** Hosts of the program, with the one that a step of it adds. */
export const rootsOf = ({ hosts, source }: Program): readonly string[] =>
  source.includes('addHost(') ? [...hosts, addedHost] : hosts;

/**
 * Makes the roots anew: files under several names, folders behind links, and the controller's.
 * @param as the path that they will have, for absolute links
 */
export function makeRoots(root: string, hosts: readonly string[], as = root): void {
  rmSync(root, { recursive: true, force: true });
  for (const host of hosts) makeRoot(join(root, host), join(as, host));
  const here = join(root, 'controller');
  mkdirSync(join(here, 'folder'), { recursive: true });
  write(join(here, 'one'), 'one of {{who}}\n');
  write(join(here, 'folder/in'), 'in\n');
}

function makeRoot(at: string, as: string): void {
  for (const folder of ['', 'real', 'other']) {
    mkdirSync(join(at, folder), { recursive: true });
    chmodSync(join(at, folder), 0o755);
  }
  symlinkSync('real', join(at, 'current'));
  // It leads out of all folders to which the link on its way leads, or will.
  symlinkSync(join(as, 'theirs/x'), join(at, 'real/to'));
  symlinkSync(join(as, 'real/x'), join(at, 'other/to'));
  symlinkSync('current/to', join(at, 'far'));
  write(join(at, 'f'), 'A\n');
  symlinkSync('f', join(at, 'link-f'));
  linkSync(join(at, 'f'), join(at, 'hard-f'));
  write(join(at, 'real/x'), 'A\nB\n');
  write(join(at, 'other/x'), 'B\n');
  const theirs = join(at, 'theirs');
  mkdirSync(theirs);
  chmodSync(theirs, 0o755);
  write(join(theirs, 'x'), 'A\n');
  for (const path of [theirs, join(theirs, 'x')]) chownSync(path, otherUser.id, otherUser.id);
}

function write(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o644);
}

/** One line for each path: type, mode, owner, what it holds, and which paths are the same file. */
export function treeOf(root: string): string[] {
  const firstOf = new Map<number, string>();
  const lines: string[] = [];
  const visit = (path: string): void => {
    const whole = join(root, path);
    const stat = lstatSync(whole);
    const mode = (stat.mode & 0o7777).toString(8);
    const attributes = `${path} ${mode} ${stat.uid}`;
    if (stat.isSymbolicLink())
      lines.push(`${path} -> ${readlinkSync(whole).replace(root, 'ROOT')}`);
    else if (stat.isDirectory()) {
      lines.push(`${attributes} folder`);
      for (const name of readdirSync(whole).toSorted()) visit(join(path, name));
    } else {
      const first = firstOf.get(stat.ino) ?? path;
      firstOf.set(stat.ino, first);
      const text = readFileSync(whole, 'utf8').replaceAll(root, 'ROOT');
      lines.push(`${attributes} ${JSON.stringify(text)}${first === path ? '' : ` = ${first}`}`);
    }
  };
  visit('');
  return lines;
}
