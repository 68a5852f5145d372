/** Runs scripts for real under every shell that a host may have as /bin/sh. */
import { spawnSync } from 'node:child_process';
import type { Output } from '../../engine/module/plan.ts';
import type { Answer, Read, ReaderOutput } from '../../engine/module/reader.ts';
import { quote } from '../../engine/shell/quote.ts';
import type { Script } from '../../engine/shell/script.ts';

export const shells = ['dash', 'bash --norc', 'busybox sh'] as const;
export type Shell = (typeof shells)[number];

/** Those that find only what PATH has; the busybox of some packages finds all of its own tools. */
export const plainShells = shells.filter(
  (shell) => start(shell, 'command -v wget', { environment: { PATH: '/nonexistent' } }).code !== 0,
);

export interface Around {
  readonly stdin?: Buffer | string | undefined;
  readonly directory?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

/** As a session does it: one quoted word for `eval` in a subshell. */
export function start(shell: Shell, text: string, around: Around = {}) {
  const [program = '', ...words] = shell.split(' ');
  const ended = spawnSync(`/usr/bin/${program}`, [...words, '-c', `(eval ${quote(text)})`], {
    cwd: around.directory ?? '/',
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', ...around.environment },
    input: around.stdin ?? '',
    maxBuffer: 1 << 26,
  });
  if (ended.error) throw ended.error;
  return { code: ended.status ?? 255, stdout: ended.stdout, stderr: ended.stderr };
}

/** Runs the script of a change or an action. */
export function runScript(shell: Shell, script: Script, around: Around = {}): Output {
  if (script.uses.length > 0) throw new Error(`needs ${script.uses.join(' ')} of a session`);
  const { code, stdout, stderr } = start(shell, script.text, around);
  return { code, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** Asks reads of one reader in one script. */
export function ask<V>(
  shell: Shell,
  reads: readonly Read<V>[],
  around: Around = {},
): readonly Answer<V>[] {
  const reader = reads[0]?.reader;
  if (!reader) return [];
  const keys = reads.map((read) => read.key);
  const mark = 'm4rk5af3';
  const { code, stdout, stderr } = start(shell, reader.script(keys, mark), around);
  const output: ReaderOutput = { code, stdout, stderr: stderr.toString() };
  return reader.parse(output, keys, mark);
}
