import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { playFlags } from '../../engine/cli/flags.ts';
import { mainHelp } from '../../engine/cli/help.ts';
import { commandsOf } from '../../engine/cli/main.ts';
import { StringSink } from '../../engine/report/sink.ts';
import { extension } from '../../play.ts';

const commands = commandsOf(extension);
const root = fileURLToPath(new URL('../..', import.meta.url));
const play = (...argv: string[]): string =>
  execFileSync(process.execPath, ['bin/play.js', ...argv], { cwd: root, encoding: 'utf8' });

test('the help that is answered without loading anything is up to date', () => {
  expect(readFileSync(`${root}bin/help.txt`, 'utf8')).toBe(mainHelp(commands));
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
    expect(alone('-h')).toBe(mainHelp(commands));
    expect(alone('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  } finally {
    rmSync(copy, { recursive: true });
  }
});

test('no letter stands for two flags of a command', () => {
  for (const table of [playFlags, ...commands.map(({ flags }) => flags ?? [])]) {
    const letters = table.flatMap((flag) => ('short' in flag ? [flag.short] : []));
    expect(new Set(letters).size).toBe(letters.length);
  }
});

test.each(commands.map((command) => [command.name, command] as const))(
  'play %s --help shows its flags and fits in 100 columns',
  async (_name, command) => {
    const out = new StringSink();
    const load = (): Promise<never> => Promise.reject(new Error('nothing is loaded'));
    expect(await command.run(['--help'], { out, load })).toBe(0);
    expect((command.flags ?? []).filter(({ name }) => !out.text.includes(`--${name}`))).toEqual([]);
    expect(out.text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  },
);
