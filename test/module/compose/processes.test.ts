/** What a composed script costs on the host, in processes that are started. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { composeAlterations, type ComposedStep } from '../../../engine/module/compose/compose.ts';
import { runScript, type ShellName } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { makes, writes } from './steps.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const folders = (at: string) => names.map((name) => makes(`${at}/${name}`, { mode: '0755' }));
const files = (at: string) =>
  names.map((name) =>
    ['1', '2'].map((file) => writes(`${at}/${name}/${file}`, `${name}${file}\n`)),
  );

/** How many processes the script starts, forks of the shell included. */
async function processesOf(steps: readonly ComposedStep[], shell: ShellName): Promise<number> {
  const trace = `${folder()}/trace`;
  const calls = 'trace=fork,vfork,clone,clone3';
  const wrap = ['/usr/bin/strace', '-f', '-q', '-o', trace, '-e', calls];
  const { script } = composeAlterations(steps);
  const { code } = await runScript(script, { shell, wrap });
  expect(code).toBe(0);
  return readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => / = \d+$/.test(line)).length;
}

async function oneByOne(steps: readonly ComposedStep[], shell: ShellName): Promise<number> {
  let sum = 0;
  for (const step of steps) sum += await processesOf([step], shell);
  return sum;
}

test.each([
  ['dash', 26],
  ['bash', 45],
  ['busybox', 45],
] as const)(
  '6 folders and 12 files under %s: at most %i processes',
  async (shell, most) => {
    const at = folder();
    const steps = [...folders(at), ...files(at).flat()];
    expect(await processesOf(steps, shell)).toBeLessThanOrEqual(most);
  },
  60_000,
);

test('the same where each folder comes before its files, and alone no more than ever', async () => {
  const at = folder();
  const mixed = folders(at).flatMap((made, index) => [made, ...(files(at)[index] ?? [])]);
  expect(await processesOf(mixed, 'dash')).toBeLessThanOrEqual(42);
  const other = folder();
  const alone = [...folders(other), ...files(other).flat()];
  expect(await oneByOne(alone, 'dash')).toBeLessThanOrEqual(126);
}, 60_000);

test('the cost grows with the number of files, and no faster', async () => {
  const cost = async (count: number): Promise<number> => {
    const at = folder();
    const paths = Array.from({ length: count }, (_, index) => `${at}/${index}`);
    return processesOf(
      paths.map((path) => writes(path, 'x')),
      'dash',
    );
  };
  const [few, many] = [await cost(60), await cost(240)];
  expect(many).toBeLessThanOrEqual(few * 4);
}, 60_000);
