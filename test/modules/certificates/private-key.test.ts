import { createPrivateKey, createPublicKey } from 'node:crypto';
import { chmodSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { privateKey } from '../../../engine/modules/certificates/private-key.ts';
import { checkCase, shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

const modeOf = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);
const wanted = (at: string) => ({ path: `${at}/sign.key`, publicPath: `${at}/sign.pub` });

// busybox can only sync whole file systems, which takes seconds where others write
describe.each(shells)('privateKey under %s', { timeout: 30_000 }, (shell) => {
  const host = new TestHost({ shell });

  test('a key is made once, with its public key', async () => {
    const at = folder();
    const first = await host.apply(privateKey, wanted(at));
    expect(first).toMatchObject({ changed: true, result: { type: 'p256' } });
    expect([modeOf(`${at}/sign.key`), modeOf(`${at}/sign.pub`)]).toEqual(['600', '644']);
    const own = createPublicKey(createPrivateKey(readFileSync(`${at}/sign.key`)));
    expect(readFileSync(`${at}/sign.pub`, 'utf8')).toBe(
      own.export({ type: 'spki', format: 'pem' }),
    );
    const second = await host.apply(privateKey, wanted(at));
    expect(second).toMatchObject({ changed: false, result: first.result });
  });

  test('an apply that does nothing fails its verification', async () => {
    const idle = new TestHost({ shell, skipApply: true });
    await expect(idle.apply(privateKey, wanted(folder()))).rejects.toThrow(
      /^applied, but key is absent/,
    );
  });

  test('a key that may not be read is denied, not replaced', async () => {
    const at = folder();
    await host.apply(privateKey, wanted(at));
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(privateKey, wanted(at))).rejects.toThrow(/sign\.key cannot be read/);
  });
});

describe('what is there', () => {
  const host = new TestHost();

  test('a public key that is gone or another comes from the key that is there', async () => {
    const at = folder();
    await host.apply(privateKey, wanted(at));
    const key = readFileSync(`${at}/sign.key`, 'utf8');
    const publicKey = readFileSync(`${at}/sign.pub`, 'utf8');
    rmSync(`${at}/sign.pub`);
    await host.apply(privateKey, wanted(at));
    writeFileSync(`${at}/sign.pub`, 'another');
    await host.apply(privateKey, wanted(at));
    expect(readFileSync(`${at}/sign.pub`, 'utf8')).toBe(publicKey);
    expect(readFileSync(`${at}/sign.key`, 'utf8')).toBe(key);
  });

  test('a key of another kind, or no key, is replaced and named', async () => {
    const at = folder();
    await host.apply(privateKey, wanted(at));
    const step = await host.apply(privateKey, { ...wanted(at), type: 'rsa2048' });
    expect(step.plan).toMatchObject({
      differences: [{ what: 'key', from: 'p256', to: 'new rsa2048 key' }],
    });
    writeFileSync(`${at}/sign.key`, 'nothing');
    const again = await host.apply(privateKey, wanted(at));
    expect(again.plan).toMatchObject({ differences: [{ what: 'key', from: 'not a private key' }] });
  });

  test('a mode alone is set in place', async () => {
    const at = folder();
    await host.apply(privateKey, wanted(at));
    const before = lstatSync(`${at}/sign.key`).ino;
    chmodSync(`${at}/sign.key`, 0o640);
    const step = await host.apply(privateKey, wanted(at));
    expect(step.plan).toMatchObject({
      differences: [{ what: `mode of ${at}/sign.key`, from: '0640', to: '0600' }],
    });
    expect(lstatSync(`${at}/sign.key`).ino).toBe(before);
  });
});

test('both keys in one file are refused', async () => {
  const want = { path: '/etc/one', publicPath: '/etc/one' };
  await checkCase(privateKey, { name: '', want, fails: /must differ/ });
});
