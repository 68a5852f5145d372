import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { yaml } from '../../../engine/modules/files/yaml/index.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { applied } from '../edited.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

describe.each(shells)('under %s', (shell) => {
  test('a value is set, a second run changes nothing', async () => {
    const after = await applied(yaml, 'a: 1\n', { key: 'a', value: 'ä' }, { shell });
    expect(after).toBe('a: ä\n');
  });

  test('an apply that does nothing fails its verification', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, 'a: 1\n');
    const idle = new TestHost({ shell, skipApply: true });
    await expect(idle.apply(yaml, { path, key: 'a', value: 2 })).rejects.toThrow(
      'applied, but a is 1, not 2',
    );
  });

  test('a file that may not be read is denied', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, 'a: 1\n', { mode: 0o600 });
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(yaml, { path, key: 'a', value: 2 })).rejects.toThrow('cannot be read');
  });
});

test('a secret is written and never shown', async () => {
  const path = `${folder()}/file`;
  writeFileSync(path, 'users: []\n');
  const host = new TestHost({ diff: true });
  const value = [{ name: 'a', token: secret('hunter2') }];
  const { plan } = await host.apply(yaml, { path, key: 'users', value });
  expect(JSON.stringify(plan.plan === 'change' && plan.differences)).not.toContain('hunter2');
  expect(parse(readFileSync(path, 'utf8'))).toEqual({ users: [{ name: 'a', token: 'hunter2' }] });
});
