/**
 * `npm test`: everything that proves the project, on this machine and on lab hosts. What it needs of
 * the machine, it installs as root on Debian, and else names. The last line is `N passed, N failed`.
 * What was not run counts as failed: skipping is no way to green.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tallyOf, type Tally, type VitestReport } from './tally.ts';
import { haveTestPrograms } from './test-programs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const folder = mkdtempSync(join(tmpdir(), 'tsplay-test-'));
const tallies: Tally[] = [];
/** The current long-term Node; npm brings it. */
const onNewerNode = ['npx', '--yes', `--package=node-linux-${process.arch}@24.21.0`, '--', 'node'];

try {
  const obstacle = await haveTestPrograms();
  if (obstacle !== undefined) tallies.push({ passed: 0, failures: [obstacle] });
  tallies.push(await step('format', [join(bin, 'oxfmt'), '--check']));
  tallies.push(await step('lint', [join(bin, 'oxlint'), '--type-aware']));
  tallies.push(await step('types', [join(bin, 'tsc'), '--noEmit']));
  tallies.push(await step('documents', [join(bin, 'tsx'), 'scripts/docs.ts', '--check']));
  tallies.push(await suite('unit'));
  if (process.platform === 'linux') tallies.push(await suite('quick', onNewerNode));
  tallies.push(await suite('fuzz'));
  tallies.push(await suite('faults'));
  tallies.push(await suite('e2e'));
} finally {
  rmSync(folder, { recursive: true });
}

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failures = tallies.flatMap((tally) => tally.failures);
for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;

/** A program that says with its exit code whether all is well. */
async function step(name: string, argv: readonly string[]): Promise<Tally> {
  const code = await run(argv);
  return code === 0
    ? { passed: 1, failures: [] }
    : { passed: 0, failures: [`${name}: exit code ${code}`] };
}

/** One vitest project, with the Node of this process or another one. */
async function suite(
  project: string,
  node: readonly string[] = [process.execPath],
): Promise<Tally> {
  const file = join(folder, `${project}.json`);
  const code = await run([
    ...node,
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const tally = tallyOf(project, readReport(file), root);
  if (code === 0 || tally.failures.length > 0) return tally;
  return { ...tally, failures: [`${project}: vitest ended with exit code ${code}`] };
}

function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return undefined;
  }
}

function run([program = '', ...args]: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}
