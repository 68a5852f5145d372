import { statSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { tempFile } from '../../../engine/modules/files/temp-file.ts';
import { shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

describe.each(shells)('tempFile under %s', (shell) => {
  test('each is a new one, for its owner alone, named as asked', async () => {
    const at = folder();
    const host = new TestHost({ shell });
    const file = await host.apply(tempFile, { folder: at, prefix: 'a-', suffix: '.conf' });
    const other = await host.apply(tempFile, { folder: at, prefix: 'a-', suffix: '.conf' });
    expect(file.changed).toBe(false);
    expect(file.result.path).toMatch(new RegExp(`^${at}/a-[0-9a-f]{12}\\.conf$`));
    expect(other.result.path).not.toBe(file.result.path);
    expect(statSync(file.result.path).mode & 0o7777).toBe(0o600);
    const made = await host.apply(tempFile, { folder: at, state: 'directory' });
    expect(statSync(made.result.path).isDirectory()).toBe(true);
    expect(statSync(made.result.path).mode & 0o7777).toBe(0o700);
  });

  test('a folder that is missing, or not for its user, is named', async () => {
    const at = folder();
    const host = new TestHost({ shell });
    await expect(host.apply(tempFile, { folder: `${at}/none` })).rejects.toThrow(
      `cannot make a temporary file in ${at}/none/: its folder ${at}/none is missing`,
    );
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(tempFile, { folder: at })).rejects.toThrow(
      `cannot make a temporary file in ${at}/`,
    );
  });
});

test('a prefix that leads elsewhere is refused', () => {
  expect(tempFile.definition.args.safeParse({ prefix: '../x' }).success).toBe(false);
});
