import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { library } from '../../../engine/shell/host/library.ts';
import { shells } from '../shells.ts';

const tools = mkdtempSync(join(tmpdir(), 'receive-'));
execFileSync('/bin/busybox', ['--install', '-s', tools]);
afterAll(() => rmSync(tools, { recursive: true }));

/** Lets a shell take `size` bytes of what it gets; what it leaves comes last. */
async function receive(shell: readonly string[], path: string, size: number, given: Buffer) {
  const script = `exec 7<&0 8>/dev/null; tsplay_dir=${tools} tsplay_a= tsplay_b= tsplay_number=1
${library['play_receive']}
play_receive ${size} | wc -c; cat`;
  const [program = '', ...words] = shell;
  const child = spawn(program, [...words, '-c', script], { env: { PATH: path } });
  const out: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stdin.end(given);
  await new Promise((resolve) => child.once('close', resolve));
  return Buffer.concat(out).toString();
}

for (const shell of shells)
  for (const [of, path] of [
    ['the system', process.env['PATH'] ?? ''],
    ['busybox', tools],
  ] as const)
    test(`${shell.join(' ')} with the tools of ${of} takes its bytes and no more`, async () => {
      for (const size of [0, 1, 65_537, 1_048_576, 2_500_000]) {
        const given = Buffer.concat([Buffer.alloc(size, 'x\n'), Buffer.from('good\nnext\n')]);
        expect(await receive(shell, path, size, given)).toBe(`${size}\nnext\n`);
      }
    });
