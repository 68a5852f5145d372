import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { shell as shellModule } from '../../../engine/modules/commands/shell.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { sh } from '../../../engine/shell/script.ts';
import { isAct, mistakes, planned } from '../planning.ts';
import { runScript, shells } from '../shells.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

describe.each(shells)('under %s', (shell) => {
  const run = (args: z.input<typeof shellModule.definition.args>) => {
    const plan = isAct(planned(shellModule, args, {}));
    return plan.result(runScript(shell, plan.script, plan));
  };

  test('pipes, variables and several lines', () => {
    const script = `set -e\nfor word in b a; do\n  printf '%s\\n' "$word"\ndone | sort`;
    expect(run({ script }).stdoutLines).toEqual(['a', 'b']);
  });

  test('set -e ends it at the first failure', () => {
    expect(run({ script: 'set -e\nfalse\necho not reached' })).toMatchObject({
      code: 1,
      stdout: '',
    });
  });

  test('a syntax error is a failure of this step', () => {
    expect(run({ script: 'if true; then' }).code).not.toBe(0);
  });

  test('the tagged sh quotes what is put into it, and secret content stays out of argv', () => {
    const script = sh`${contentOf(secretText, { secret: true })} | cat; printf %s ${"it's $HOME"}`;
    expect(run({ script }).stdout).toBe(`${secretText}it's $HOME`);
  });

  test('another shell can be asked for', () => {
    const script = 'set -o pipefail; [[ -n $BASH_VERSION ]] && false | true';
    expect(run({ script, executable: '/bin/bash' }).code).toBe(1);
  });

  test('it reads its input', () => {
    expect(run({ script: 'read -r line; printf %s "$line"', stdin: 'a b\nc' }).stdout).toBe('a b');
  });
});

const secretText = 'hunter2';

test('a script that another shell cannot take as an argument is refused', () => {
  const script = `: ${'x'.repeat(130_000)}`;
  expect(mistakes(shellModule, { script })).toEqual([]);
  expect(mistakes(shellModule, { script, executable: '/bin/bash' })).toEqual([
    expect.stringContaining('too long'),
  ]);
  const large = sh`${contentOf(Buffer.alloc(100_000))} > /x`;
  expect(mistakes(shellModule, { script: large, executable: '/bin/bash' })).toHaveLength(1);
});

test('a secret is not a script', () => {
  const given = { script: secret('rm') };
  expect(shellModule.definition.args.safeParse(given).success).toBe(false);
});
