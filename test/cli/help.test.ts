import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  bundleFlags,
  docFlags,
  inventoryFlags,
  newModuleFlags,
  playFlags,
} from '../../engine/cli/flags.ts';
import { inventoryHelp, mainHelp } from '../../engine/cli/help.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const play = (...argv: string[]): string =>
  execFileSync(process.execPath, ['bin/play.js', ...argv], { cwd: root, encoding: 'utf8' });

test('the help that is answered without loading anything is up to date', () => {
  expect(readFileSync(`${root}bin/help.txt`, 'utf8')).toBe(mainHelp());
});

test('--help shows every flag and fits in 80 columns', () => {
  const help = play('--help');
  expect(playFlags.filter(({ name }) => !help.includes(`--${name}`))).toEqual([]);
  expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('--version is the version of the package', () => {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    version: string;
  };
  expect(play('--version')).toBe(`${version}\n`);
});

test('--help loads nothing but the text: the loader is not registered', () => {
  // A copy without dependencies and engine: whatever it imported would be missing.
  const copy = mkdtempSync(join(tmpdir(), 'tsplay-bin-'));
  try {
    cpSync(join(root, 'bin'), join(copy, 'bin'), { recursive: true });
    cpSync(join(root, 'package.json'), join(copy, 'package.json'));
    const alone = (flag: string): string =>
      execFileSync(process.execPath, [join(copy, 'bin/play.js'), flag], { encoding: 'utf8' });
    expect(alone('-h')).toBe(mainHelp());
    expect(alone('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  } finally {
    rmSync(copy, { recursive: true });
  }
});

test('no letter stands for two flags of a command', () => {
  for (const table of [playFlags, inventoryFlags, docFlags, newModuleFlags, bundleFlags]) {
    const letters = table.flatMap((flag) => ('short' in flag ? [flag.short] : []));
    expect(new Set(letters).size).toBe(letters.length);
  }
});

test('play inventory has a help of its own', () => {
  expect(inventoryHelp()).toContain('--graph');
});
