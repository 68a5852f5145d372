/** Runs scripts by a real shell on this machine, as a session would on a host. */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, mkdir, rm, writeFile as write } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { library } from '../shell/host/library.ts';
import { quote } from '../shell/quote.ts';
import type { Script } from '../shell/script.ts';

/** A shell of this machine. `busybox` has busybox's tools only, no coreutils. */
export type ShellName = 'dash' | 'bash' | 'busybox';

/** All shells that scripts for hosts must run under. */
export const shells: readonly ShellName[] = ['dash', 'bash', 'busybox'];

/** How `runScript` runs a script. */
export interface ShellOptions {
  /** Default dash, and bash where there is none. */
  readonly shell?: ShellName;
  /** Run as this uid; the tests must be root for that. */
  readonly uid?: number;
  /** Words before the shell: `['strace', '-f', '-o', file]`. */
  readonly wrap?: readonly string[];
  /** Ends the shell with SIGKILL after so many milliseconds. */
  readonly killAfter?: number;
  /** Variables besides PATH; nothing of this process is passed on. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a script printed. */
export interface ScriptOutput {
  /** Exit code; 128 and more: ended by a signal. */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs a script with the library functions that it uses, by a real shell on this machine.
 * @param script a Script, or the text of a reader's script
 * @param options shell (default dash), user, environment, time
 * @returns exit code and output; a failure is no error
 * @example
 * const { code, stdout } = await runScript(sh`echo ${'hello world'}`, { shell: 'busybox' });
 * export const works = code === 0 && stdout.toString('utf8') === 'hello world\n';
 */
export async function runScript(
  script: Script | string,
  options: ShellOptions = {},
): Promise<ScriptOutput> {
  const folder = await mkdtemp(join(tmpdir(), 'play-test-'));
  try {
    const text = typeof script === 'string' ? script : await prepared(script, folder);
    await write(join(folder, 'script'), preamble(folder) + `( eval ${quote(text)} ) </dev/null\n`);
    if (options.uid !== undefined) giveTo(folder, script, options.uid);
    return await runFile(join(folder, 'script'), pathFor(options.shell, folder), options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The user that runs the script takes its streams out of the folder. */
function giveTo(folder: string, script: Script | string, uid: number): void {
  const streams = typeof script === 'string' ? undefined : join(folder, 'streams');
  for (const path of [folder, join(folder, 'script'), streams]) {
    if (path !== undefined) chownSync(path, uid, uid);
  }
}

/** As rule 24, the login shell has it; streams lie in files and are taken in their order. */
const preamble = (folder: string): string => `export LC_ALL=C
umask 077
cd /
play_receive() { for play_stream in ${quote(folder)}/streams/*; do cat "$play_stream"; rm -f "$play_stream"; return; done; }
`;

async function prepared(script: Script, folder: string): Promise<string> {
  await mkdir(join(folder, 'streams'));
  for (const [index, content] of script.streams.entries()) {
    const name = String(index).padStart(4, '0');
    await write(join(folder, 'streams', name), content.open());
  }
  const functions = script.uses
    .filter((name) => name !== 'play_receive')
    .map((name) => {
      const text = library[name];
      if (text === undefined) throw new Error(`the library has no ${name}`);
      return text;
    });
  return [...functions, script.text].join('\n');
}

const usualShell = (): ShellName => (existsSync('/bin/dash') ? 'dash' : 'bash');

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** For busybox a folder with its tools and nothing else. */
function pathFor(shell: ShellName | undefined, folder: string): string {
  if (shell !== 'busybox') return systemPath;
  const tools = join(folder, 'bin');
  mkdirSync(tools, { mode: 0o755 });
  execFileSync('busybox', ['--install', '-s', tools]);
  return tools;
}

function runFile(file: string, path: string, options: ShellOptions): Promise<ScriptOutput> {
  const { shell = usualShell(), wrap = [], killAfter } = options;
  const words = [
    ...wrap,
    ...(shell === 'busybox' ? ['/bin/busybox', 'sh'] : [`/bin/${shell}`]),
    file,
  ];
  return new Promise((done, fail) => {
    const child = spawn(words[0] ?? '', words.slice(1), {
      env: { PATH: path, ...options.environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
    });
    const out: Buffer[] = [];
    const said: Buffer[] = [];
    const killer =
      killAfter === undefined ? undefined : setTimeout(() => killGroup(child.pid), killAfter);
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => said.push(bytes));
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(killer);
      done({
        code: code ?? 137,
        stdout: Buffer.concat(out),
        stderr: Buffer.concat(said).toString('utf8'),
      });
    });
  });
}

/** The shell and all that it started. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}
