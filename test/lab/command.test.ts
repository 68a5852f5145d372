import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { labCommand } from '../../lab/command.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'lab-command-'));
  vi.stubEnv('TSPLAY_LAB', state);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(state, { recursive: true });
});

/** Exit code and lines of `play lab` with these words. */
async function run(...argv: string[]): Promise<[number, string]> {
  const lines: string[] = [];
  const code = await labCommand(argv, (line) => lines.push(line));
  return [code, lines.join('\n')];
}

describe('without a lab', () => {
  test.each([[[]], [['--help']], [['up', '--help']], [['down', '-h']]])(
    '%j shows the usage and makes nothing',
    async (argv) => {
      const [code, text] = await run(...argv);
      expect(code).toBe(0);
      expect(text).toContain('play lab up [N]');
      expect(await readdir(state)).toEqual([]);
    },
  );

  test('status says how to make one', async () => {
    expect(await run('status')).toEqual([0, 'no lab; make one with `play lab up`']);
  });

  test('down is no error: what it promises is so', async () => {
    expect(await run('down', '--name', 'two')).toEqual([0, 'there is no lab two']);
    expect(await run('down', '--all')).toEqual([0, '']);
  });

  test('ssh says that there is none, and how to make one', async () => {
    await expect(run('ssh', 'node1')).rejects.toMatchObject({
      message: 'there is no lab "lab"',
      hint: 'make one with `play lab up`',
    });
  });
});

describe('a wrong command line is refused before anything is done', () => {
  test.each([
    [['start'], 'play lab has no command "start"'],
    [['up', 'three'], '"three" is no number of hosts'],
    [['up', '3', '4'], 'play lab up does not take "4"'],
    [['up', '--all'], '--all means nothing here'],
    [['up', '--colour'], "Unknown option '--colour'"],
    [['up', '--name', 'My Lab'], 'cannot name a lab'],
    [['down', 'node1'], 'play lab down does not take "node1"'],
    [['down', '--subnet', '10.99.1'], '--subnet means nothing here'],
    [['down', '--all', '--name', 'two'], 'contradict each other'],
    [['down', '--name', '../..'], 'cannot name a lab'],
    [['status', '--python'], '--python means nothing here'],
    [['ssh'], 'which host?'],
    [['ssh', '--prefix=x', 'node1'], '--prefix means nothing here'],
  ])('%j: %s', async (argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message);
    expect((await readdir(state)).filter((name) => name !== 'labs')).toEqual([]);
  });
});
