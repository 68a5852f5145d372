/**
 * `npm run fuzz -- --minutes N [--seed S] [--lab]`: random programs in both modes of the engine; with
 * `--lab` on two lab hosts (root, Linux), with units and accounts. `--broken` breaks each rule of
 * staleness in turn and says after how many programs that is found.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    lab: { type: 'boolean', default: false },
    broken: { type: 'boolean', default: false },
  },
});
for (const [flag, value] of Object.entries(values)) {
  if (typeof value === 'boolean' || /^\d+(\.\d+)?$/.test(value)) continue;
  process.stderr.write(`--${flag} takes a number, not ${value}\n`);
  process.exit(1);
}
const kind = values.broken ? 'broken' : values.lab ? 'lab' : 'long';
const child = spawn(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--project=fuzz-long',
    '--disableConsoleIntercept',
    `test/fuzz/${kind}.fuzz.ts`,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      FUZZ_MINUTES: values.minutes,
      ...(values.seed !== undefined && { FUZZ_SEED: values.seed }),
    },
  },
);
child.on('exit', (code) => (process.exitCode = code ?? 1));
