import { chmodSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { authorizedKey } from '../../../engine/modules/accounts/authorized-key/index.ts';
import { testModule, TestHost } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { home } from '../../../engine/readers/accounts/home.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

/** A public key of that type with this filling. */
function key(type: string, filling: string): string {
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return `${type} ${Buffer.concat([length, name, Buffer.from(filling)]).toString('base64')}`;
}
const one = key('ssh-ed25519', 'one');
const two = key('ssh-rsa', 'two');
const three = key('ecdsa-sha2-nistp256', 'three');

type Want = Omit<z.input<typeof authorizedKey.definition.args>, 'user' | 'path'>;
const cases: readonly (readonly [string, string, Want, string])[] = [
  ['a new key comes last', `${two} b@x\n`, { key: `${one} a@x` }, `${two} b@x\n${one} a@x\n`],
  ['several keys', '', { key: [one, two] }, `${one}\n${two}\n`],
  [
    'options are set and the comment of the file stays',
    `${one} laptop\n`,
    { key: `${one} other`, options: ['no-pty', 'from="10.0.0.0/8"'] },
    `no-pty,from="10.0.0.0/8" ${one} laptop\n`,
  ],
  ['options are taken away', `no-pty ${one} a\n`, { key: one, options: [] }, `${one} a\n`],
  [
    'the same key twice becomes one',
    `${one} a\n${two}\n${one} b\n`,
    { key: one },
    `${one} a\n${two}\n`,
  ],
  [
    'a command with blanks and a key in it is an option',
    `command="echo \\"${two}\\" x" ${one} a\n`,
    { key: two },
    `command="echo \\"${two}\\" x" ${one} a\n${two}\n`,
  ],
  ['a key that is commented out is none', `# ${one}\n`, { key: one }, `# ${one}\n${one}\n`],
  [
    'exclusive takes other keys, not comments',
    `# mine\n\n${two} b\nno-pty ${three}\n${one} a\n`,
    { key: one, exclusive: true },
    `# mine\n\n${one} a\n`,
  ],
  [
    'absent takes the key whatever its options',
    `no-pty ${one} a\n${two} b\n`,
    { key: one, state: 'absent' },
    `${two} b\n`,
  ],
];

describe.each(['dash', 'bash', 'busybox'] as const)('authorizedKey under %s', (shell) => {
  const host = new TestHost({ shell });

  test.each(cases)('%s', async (_, before, want, after) => {
    const path = `${folder()}/keys`;
    writeFileSync(path, before);
    chmodSync(path, 0o600);
    const args = { user: 'root', path, ...want };
    expect((await host.apply(authorizedKey, args)).changed).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(after);
    expect((await host.apply(authorizedKey, args)).changed).toBe(false);
  });

  test('a key with other options or comment is there already', async () => {
    const path = `${folder()}/keys`;
    writeFileSync(path, `no-pty ${one} laptop\n`);
    chmodSync(path, 0o600);
    const plan = await host.plan(authorizedKey, { user: 'root', path, key: `${one} desk` });
    expect(plan.plan).toBe('same');
  });

  test('home and ids are those of the host', async () => {
    expect(await host.ask([home({ user: 'root' }), home({ user: 'no-such-user' })])).toEqual([
      { answer: 'value', value: { path: '/root', uid: 0, gid: 0 } },
      { answer: 'absent' },
    ]);
  });
});

describe('in the home folder', () => {
  /** This machine says that nobody lives in a new folder. */
  function living(more: { skipApply?: boolean } = {}) {
    const at = folder();
    const tools = folder();
    const line = `nobody:x:65534:65534:nobody:${at}:/bin/sh`;
    writeFileSync(`${tools}/getent`, `#!/bin/sh\nprintf '%s\\n' '${line}'\n`, { mode: 0o755 });
    const host = new TestHost({ environment: { PATH: `${tools}:/usr/bin:/bin` }, ...more });
    return { at, host };
  }
  const owned = (path: string) => {
    const { mode, uid, gid } = lstatSync(path);
    return [(mode & 0o7777).toString(8), uid, gid];
  };
  const args = { user: 'nobody', key: one };

  test('folder and file are made for the user alone', async () => {
    const { at, host } = living();
    expect((await host.apply(authorizedKey, args)).changed).toBe(true);
    expect(owned(`${at}/.ssh`)).toEqual(['700', 65534, 65534]);
    expect(owned(`${at}/.ssh/authorized_keys`)).toEqual(['600', 65534, 65534]);
    expect((await host.apply(authorizedKey, args)).changed).toBe(false);
  });

  test('a folder that others can write is repaired, the keys are left', async () => {
    const { at, host } = living();
    await host.apply(authorizedKey, args);
    chmodSync(`${at}/.ssh`, 0o777);
    const again = await host.apply(authorizedKey, args);
    expect(again.plan).toMatchObject({ differences: [{ what: `${at}/.ssh: mode`, from: '0777' }] });
    expect(owned(`${at}/.ssh`)).toEqual(['700', 65534, 65534]);
  });

  test('a link is never followed', async () => {
    const { at, host } = living();
    mkdirSync(`${at}/.ssh`);
    writeFileSync(`${at}/target`, 'root owns this\n');
    symlinkSync(`${at}/target`, `${at}/.ssh/authorized_keys`);
    await expect(host.apply(authorizedKey, args)).rejects.toThrow('is a link to');
    expect(readFileSync(`${at}/target`, 'utf8')).toBe('root owns this\n');
    const other = living();
    symlinkSync(at, `${other.at}/.ssh`);
    await expect(other.host.apply(authorizedKey, args)).rejects.toThrow('is a link to');
  });

  test('where the apply does nothing, the step fails its verification', async () => {
    const { host } = living({ skipApply: true });
    await expect(host.apply(authorizedKey, args)).rejects.toThrow('applied, but');
  });
});

testModule(
  authorizedKey,
  [
    { name: 'no such user', want: { user: 'a', key: one }, fails: /there is no user a/ },
    { name: 'not a key', want: { user: 'a', key: 'hello' }, fails: /not a public key/ },
    {
      name: 'a private key',
      want: { user: 'a', key: '-----BEGIN OPENSSH PRIVATE KEY-----' },
      fails: /not a public key/,
    },
    { name: 'a key that was cut', want: { user: 'a', key: 'ssh-rsa AAAA' }, fails: /cut short/ },
    {
      name: 'options in the key',
      want: { user: 'a', key: `no-pty ${one}` },
      fails: /argument options/,
    },
    { name: 'two lines', want: { user: 'a', key: `${one}\n${two}` }, fails: /one line/ },
    {
      name: 'exclusive absence',
      want: { user: 'a', key: one, state: 'absent', exclusive: true },
      fails: /exclusive/,
    },
  ],
  test,
);
