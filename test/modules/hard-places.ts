/** Places where writing fails: mounted for one test, and taken away with it. */
import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { folder } from '../readers/asking.ts';

const run = (command: string, ...args: string[]): void => {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

/** A folder that is a mount of its own. @param options of tmpfs: `size=256k`, `noexec` */
export function mounted(options: string): string {
  const at = folder();
  run('mount', '-t', 'tmpfs', '-o', `mode=0755,${options}`, 'tmpfs', at);
  onTestFinished(() => run('umount', '-l', at));
  return at;
}

export const remount = (at: string, options: string): void =>
  run('mount', '-o', `remount,${options}`, at);

/** A file that lies over `path`, as containers do with /etc/hosts. */
export function mountOver(source: string, path: string): void {
  run('mount', '--bind', source, path);
  onTestFinished(() => run('umount', '-l', path));
}

/** `chattr +i`, taken off again. */
export function makeImmutable(path: string): void {
  run('chattr', '+i', path);
  onTestFinished(() => run('chattr', '-i', path));
}
