/** The shells that a host may have as /bin/sh. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

export const shells: readonly (readonly string[])[] = [
  ['/bin/dash'],
  ['/bin/bash'],
  ['/bin/busybox', 'sh'],
];

for (const [program = ''] of shells)
  if (!existsSync(program))
    throw new Error(`${program} is missing: apt-get install dash bash busybox`);

/** Runs a script from stdin and returns its output. */
export function runIn(shell: readonly string[], script: string): Promise<Buffer> {
  const [program = '', ...words] = shell;
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', () => resolve(Buffer.concat(chunks)));
    child.stdin.end(script);
  });
}
