import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { sudoers } from '../../../engine/modules/accounts/sudoers.ts';
import { testModule, TestHost } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

testModule(
  sudoers,
  [
    {
      name: 'a rule for a user',
      want: { name: 'deploy', user: 'deploy', commands: ['/usr/bin/systemctl restart shop'] },
      is: { parent: undefined },
      fails: /\/etc\/sudoers.d is missing/,
    },
    { name: 'a name that sudo would skip', want: { name: 'a.b', user: 'a' }, fails: /skips/ },
    {
      name: 'a relative command',
      want: { name: 'a', user: 'a', commands: ['ls'] },
      fails: /absolute/,
    },
    { name: 'nobody', want: { name: 'a' }, fails: /give user, group or rules/ },
    { name: 'user and group', want: { name: 'a', user: 'a', group: 'b' }, fails: /user or group/ },
    { name: 'a second line', want: { name: 'a', rules: ['x\ny'] }, fails: /one line/ },
    { name: 'absent and not there', want: { name: 'a', state: 'absent' }, plan: 'same' },
  ],
  test,
);

describe.each(['dash', 'bash'] as const)('sudoers with the real visudo under %s', (shell) => {
  const host = new TestHost({ shell });

  test.each([
    [
      { user: 'deploy', commands: ['/usr/bin/systemctl restart shop'], passwordless: true },
      'deploy ALL=(ALL:ALL) NOPASSWD: /usr/bin/systemctl restart shop\n',
    ],
    [{ group: 'ops', runAs: 'root' }, '%ops ALL=(root) ALL\n'],
    [
      { user: 'a', commands: ['/bin/x --opt=1,2', '/bin/y'] },
      'a ALL=(ALL:ALL) /bin/x --opt\\=1\\,2, /bin/y\n',
    ],
    [{ rules: ['Defaults:deploy !requiretty'] }, 'Defaults:deploy !requiretty\n'],
  ])('%j becomes %j, and stays', async (want, text) => {
    const at = folder();
    expect((await host.apply(sudoers, { name: 'x', folder: at, ...want })).changed).toBe(true);
    expect(readFileSync(`${at}/x`, 'utf8')).toBe(text);
    expect(statSync(`${at}/x`).mode & 0o7777).toBe(0o440);
    expect((await host.apply(sudoers, { name: 'x', folder: at, ...want })).changed).toBe(false);
  });

  test('what visudo refuses never takes the place of the old file', async () => {
    const at = folder();
    writeFileSync(`${at}/x`, 'deploy ALL=(ALL) ALL\n', { mode: 0o440 });
    const args = { name: 'x', folder: at, rules: ['deploy ALL=(ALL'] };
    await expect(host.apply(sudoers, args)).rejects.toThrow(/syntax error|parse error/);
    expect(readFileSync(`${at}/x`, 'utf8')).toBe('deploy ALL=(ALL) ALL\n');
  });

  test('absent removes it', async () => {
    const at = folder();
    writeFileSync(`${at}/x`, '');
    const args = { name: 'x', folder: at, state: 'absent' } as const;
    expect((await host.apply(sudoers, args)).changed).toBe(true);
    expect(existsSync(`${at}/x`)).toBe(false);
  });

  test('where the apply does nothing, the step fails its verification', async () => {
    const idle = new TestHost({ shell, skipApply: true });
    await expect(idle.apply(sudoers, { name: 'x', folder: folder(), user: 'a' })).rejects.toThrow(
      'applied, but',
    );
  });
});
