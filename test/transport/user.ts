/** A throwaway user of this machine. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { processesOf } from './processes.ts';

const run = promisify(execFile);

export interface TestUser {
  readonly name: string;
  readonly password: string;
  readonly home: string;
  shell(path: string): Promise<void>;
  /** Writes a file in its home. */
  file(name: string, text: string): Promise<void>;
  /** Replaces its lines in sudoers. */
  sudoers(lines: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

/** It may just be ending by itself. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** @param suffix so that test files that run at once have users of their own */
export async function addUser(suffix: string): Promise<TestUser> {
  for (const program of ['/usr/sbin/useradd', '/usr/bin/sudo'])
    if (!existsSync(program))
      throw new Error(`${program} is missing, or these tests do not run as root on Debian`);
  const name = `tsplaytest${suffix}`;
  const home = `/home/${name}`;
  const sudoersFile = `/etc/sudoers.d/${name}`;
  const password = `pa ss'w"ö$\\rd`;
  const remove = async (): Promise<void> => {
    await rm(sudoersFile, { force: true });
    for (const pid of await processesOf(name)) end(pid);
    await run('/usr/sbin/userdel', ['-f', '-r', name]).catch(() => undefined);
  };
  await remove();
  await run('/usr/sbin/useradd', ['-m', '-d', home, '-s', '/bin/sh', name]);
  await new Promise<void>((resolve, reject) => {
    const child = spawn('/usr/sbin/chpasswd', { stdio: ['pipe', 'inherit', 'inherit'] });
    child.stdin.end(`${name}:${password}\n`);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error('chpasswd failed'))));
  });
  return {
    name,
    password,
    home,
    shell: async (path) => void (await run('/usr/sbin/usermod', ['-s', path, name])),
    async file(path, text) {
      const whole = `${home}/${path}`;
      await mkdir(whole.slice(0, whole.lastIndexOf('/')), { recursive: true });
      await writeFile(whole, text);
      await chmod(whole, 0o644);
    },
    async sudoers(lines) {
      await writeFile(sudoersFile, `${lines.join('\n')}\n`, { mode: 0o440 });
      await run('/usr/sbin/visudo', ['-c', '-f', sudoersFile]);
    },
    remove,
  };
}
