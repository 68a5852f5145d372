import { describe, expect, test } from 'vitest';
import { contentOf } from '../../engine/shell/content.ts';
import { joinScripts, sh } from '../../engine/shell/script.ts';
import { runScript, shells } from '../../engine/testing.ts';

describe.each(shells)('runScript under %s', (shell) => {
  test('code, stdout and stderr of the script', async () => {
    const output = await runScript(sh`printf %s ${"it's"}; printf %s no >&2; exit 3`, { shell });
    expect(output).toEqual({ code: 3, stdout: Buffer.from("it's"), stderr: 'no' });
  });

  test('streams are taken in their order, byte for byte', async () => {
    const one = Buffer.from([0, 255, 10, 0]);
    const two = Buffer.alloc(100_000, '\0\n');
    const script = joinScripts([sh`${contentOf(one)} | cat`, sh`${contentOf(two)}`]);
    const { stdout } = await runScript(script, { shell });
    expect(stdout.equals(Buffer.concat([one, two]))).toBe(true);
  });

  test('the script starts as a session starts it', async () => {
    const { stdout } = await runScript('umask; pwd; printf "%s\\n" "$LC_ALL"; cat', { shell });
    expect(stdout.toString()).toBe('0077\n/\nC\n');
  });
});

test('busybox has busybox alone', async () => {
  const { stdout } = await runScript('stat --help 2>&1', { shell: 'busybox' });
  expect(stdout.toString()).toContain('BusyBox');
  expect((await runScript('perl -v', { shell: 'busybox' })).code).toBe(127);
});

test('a function that the library has not is an error', async () => {
  const script = { ...sh`play_nothing`, uses: ['play_nothing'] };
  await expect(runScript(script)).rejects.toThrow('the library has no play_nothing');
});
