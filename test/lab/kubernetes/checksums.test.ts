import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeChecksums } from '../../../lab/kubernetes/checksums.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsplay-checksums-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('writes what sha256sum and sha512sum accept, and what they refuse after a change', async () => {
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/b'), 'second');
  await writeFile(join(folder, 'bin/a'), 'first');
  await writeChecksums(folder, 'bin');
  const check = (tool: string, sums: string) =>
    execFileSync(tool, ['--check', '--strict', sums], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(check('sha256sum', 'SHA256SUMS')).toBe('bin/a: OK\nbin/b: OK\n');
  expect(check('sha512sum', 'SHA512SUMS')).toBe('bin/a: OK\nbin/b: OK\n');
  expect(await readFile(join(folder, 'SHA256SUMS'), 'utf8')).toMatch(/^[0-9a-f]{64} {2}bin\/a\n/);
  await writeFile(join(folder, 'bin/a'), 'other');
  expect(() => check('sha256sum', 'SHA256SUMS')).toThrow();
});
