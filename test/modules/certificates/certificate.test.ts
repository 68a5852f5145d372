import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { certificate } from '../../../engine/modules/certificates/certificate/index.ts';
import { makeAuthority } from '../../../engine/pki/authority.ts';
import { checkCase, shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

const ca = makeAuthority({ commonName: 'kubernetes-ca' }, Date.now());
const otherCa = makeAuthority({ commonName: 'kubernetes-ca' }, Date.now());

const wanted = (at: string) => ({
  path: `${at}/web.crt`,
  keyPath: `${at}/web.key`,
  ca,
  subject: { commonName: 'web', organizations: ['a', 'b'] },
  names: ['web.example.org', '192.0.2.10', '2001:db8::1'],
  usages: 'both' as const,
});

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8);
const parsed = (path: string): X509Certificate => new X509Certificate(readFileSync(path));

// busybox can only sync whole file systems, which takes seconds where others write
describe.each(shells)('certificate under %s', { timeout: 30_000 }, (shell) => {
  const host = new TestHost({ shell });

  test('a missing one is issued, and a second run changes nothing', async () => {
    const at = folder();
    const first = await host.apply(certificate, wanted(at));
    expect(first.plan).toMatchObject({ plan: 'change', result: { reason: 'missing' } });
    expect(first.result.daysLeft).toBe(364);
    const is = parsed(`${at}/web.crt`);
    expect(is.checkPrivateKey(createPrivateKey(readFileSync(`${at}/web.key`)))).toBe(true);
    expect([modeOf(`${at}/web.crt`), modeOf(`${at}/web.key`)]).toEqual(['644', '600']);
    expect(readdirSync(at).toSorted()).toEqual(['web.crt', 'web.key']);
    const second = await host.apply(certificate, wanted(at));
    expect(second).toMatchObject({
      changed: false,
      result: { reason: '', fingerprint: first.result.fingerprint },
    });
  });

  test('modes and owners alone are set without a new certificate', async () => {
    const at = folder();
    await host.apply(certificate, wanted(at));
    chmodSync(`${at}/web.key`, 0o644);
    const before = readFileSync(`${at}/web.crt`, 'utf8');
    const step = await host.apply(certificate, { ...wanted(at), owner: nobody });
    expect(step.plan).toMatchObject({
      differences: [
        { what: `mode of ${at}/web.key`, from: '0644', to: '0600' },
        { what: `owner of ${at}/web.key` },
        { what: `owner of ${at}/web.crt` },
      ],
    });
    expect(readFileSync(`${at}/web.crt`, 'utf8')).toBe(before);
    expect([modeOf(`${at}/web.key`), statSync(`${at}/web.key`).uid]).toEqual(['600', nobody]);
  });

  test('a bundle holds both, and is made good without a new certificate', async () => {
    const at = folder();
    const args = { ...wanted(at), bundle: `${at}/web.pem` };
    await host.apply(certificate, args);
    const both = (): string =>
      readFileSync(`${at}/web.crt`, 'utf8') + readFileSync(`${at}/web.key`, 'utf8');
    expect(readFileSync(`${at}/web.pem`, 'utf8')).toBe(both());
    expect(modeOf(`${at}/web.pem`)).toBe('600');
    rmSync(`${at}/web.pem`);
    const before = both();
    await host.apply(certificate, args);
    expect(readFileSync(`${at}/web.pem`, 'utf8')).toBe(before);
  });

  test('links are written through', async () => {
    const at = folder();
    mkdirSync(`${at}/real`);
    await host.apply(certificate, wanted(`${at}/real`));
    symlinkSync('real/web.crt', `${at}/web.crt`);
    symlinkSync('real/web.key', `${at}/web.key`);
    await host.apply(certificate, { ...wanted(at), names: ['other'] });
    expect(lstatSync(`${at}/web.crt`).isSymbolicLink()).toBe(true);
    expect(parsed(`${at}/real/web.crt`).subjectAltName).toBe('DNS:other');
  });

  test('where one of the two cannot be written, neither is', async () => {
    const at = folder();
    mkdirSync(`${at}/keys`);
    const args = { ...wanted(at), keyPath: `${at}/keys/web.key` };
    await host.apply(certificate, args);
    const before = [readFileSync(args.path), readFileSync(args.keyPath)];
    // a folder in the way of the second temporary file
    mkdirSync(`${at}/.web.crt.play-new`);
    const anew = host.apply(certificate, { ...args, names: ['other'] });
    await expect(anew).rejects.toThrow(/web\.crt/);
    expect([readFileSync(args.path), readFileSync(args.keyPath)]).toEqual(before);
    expect(readdirSync(`${at}/keys`)).toEqual(['web.key']);
  });

  test('an apply that does nothing fails its verification', async () => {
    const idle = new TestHost({ shell, skipApply: true });
    await expect(idle.apply(certificate, wanted(folder()))).rejects.toThrow(
      /^applied, but certificate is absent/,
    );
  });

  test('a key that may not be read is denied, not replaced', async () => {
    const at = folder();
    await host.apply(certificate, wanted(at));
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(certificate, wanted(at))).rejects.toThrow(/web\.key cannot be read/);
  });
});

describe('why it is issued anew', () => {
  const host = new TestHost();

  test.each([
    [
      'names',
      { names: ['web.example.org', 'new.example.org'] },
      /^192\.0\.2\.10, 2001:db8::1, no new\.example\.org$/,
      /^new\.example\.org, no 192/,
    ],
    ['subject', { subject: { commonName: 'web2' } }, /CN=web, O=a/, /CN=web2/],
    ['usages', { usages: 'server' as const }, /client server/, /server/],
    ['issuer', { ca: otherCa }, /another kubernetes-ca/, /kubernetes-ca/],
    ['key', { keyType: 'rsa2048' as const }, /p256/, /rsa2048/],
    ['expiry', { days: 800, renewBeforeDays: 400 }, /364 days left \(\d{4}-/, /800 days/],
  ])('other %s are a reason to issue it anew', async (reason, change, from, to) => {
    const at = folder();
    await host.apply(certificate, wanted(at));
    const step = await host.apply(certificate, { ...wanted(at), ...change });
    expect(step.plan).toMatchObject({
      result: { reason },
      differences: [
        { what: reason, from: expect.stringMatching(from), to: expect.stringMatching(to) },
      ],
    });
    const again = await host.apply(certificate, { ...wanted(at), ...change });
    expect(again.changed).toBe(false);
  });

  test('a key that is not its own, or is gone, is a reason', async () => {
    const at = folder();
    const other = folder();
    await host.apply(certificate, wanted(at));
    await host.apply(certificate, wanted(other));
    writeFileSync(`${at}/web.key`, readFileSync(`${other}/web.key`));
    const step = await host.apply(certificate, wanted(at));
    expect(step.plan).toMatchObject({
      differences: [{ what: 'key', from: 'not that of the certificate' }],
    });
    rmSync(`${at}/web.key`);
    const again = await host.apply(certificate, wanted(at));
    expect(again.plan).toMatchObject({ differences: [{ what: 'key', from: 'absent' }] });
  });
});

test('a shell that is killed at any moment leaves whole files, and the next run a pair', async () => {
  const at = folder();
  const host = new TestHost();
  await host.apply(certificate, wanted(at));
  for (let killAfter = 4; killAfter < 60; killAfter += 4) {
    const hasty = new TestHost({ killAfter });
    const names = [`at-${killAfter}.example.org`];
    await hasty.apply(certificate, { ...wanted(at), names }).catch(() => undefined);
    expect(parsed(`${at}/web.crt`).subjectAltName).toContain('example.org');
    expect(createPrivateKey(readFileSync(`${at}/web.key`)).asymmetricKeyType).toBe('ec');
    expect([modeOf(`${at}/web.crt`), modeOf(`${at}/web.key`)]).toEqual(['644', '600']);
    await host.apply(certificate, { ...wanted(at), names });
    const key = createPrivateKey(readFileSync(`${at}/web.key`));
    expect(parsed(`${at}/web.crt`).checkPrivateKey(key)).toBe(true);
  }
  const left = readdirSync(at).filter((name) => !name.startsWith('.play-'));
  expect(left.toSorted()).toEqual(['web.crt', 'web.key']);
}, 60_000);

test('a certificate ends with its authority, and is not issued anew for nothing', async () => {
  const at = folder();
  const short = makeAuthority({ commonName: 'short', days: 20 }, Date.now());
  const host = new TestHost();
  const first = await host.apply(certificate, { ...wanted(at), ca: short });
  expect(first.result.daysLeft).toBe(19);
  expect(Date.parse(first.result.notAfter)).toBe(
    Date.parse(new X509Certificate(short.certificate).validTo),
  );
  const second = await host.apply(certificate, { ...wanted(at), ca: short });
  expect(second.changed).toBe(false);
  expect(second.plan).toMatchObject({
    notes: ['it expires in 19 days together with its authority, which must be renewed first'],
  });
});

test('certificates of authorities below a root are followed by them', async () => {
  const at = folder();
  const run = (...words: string[]) => execFileSync('openssl', words, { cwd: at, stdio: 'pipe' });
  run(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'root.key',
    '-out',
    'root.crt',
    '-days',
    '3650',
    '-subj',
    '/O=Example Site/CN=root',
  );
  run(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-384',
    '-nodes',
    '-keyout',
    'sub.key',
    '-out',
    'sub.csr',
    '-subj',
    '/C=DE/CN=sub',
  );
  writeFileSync(`${at}/ext`, 'basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n');
  run(
    'x509',
    '-req',
    '-in',
    'sub.csr',
    '-CA',
    'root.crt',
    '-CAkey',
    'root.key',
    '-out',
    'sub.crt',
    '-days',
    '3650',
    '-extfile',
    'ext',
  );
  writeFileSync(
    `${at}/chain`,
    readFileSync(`${at}/sub.crt`, 'utf8') + readFileSync(`${at}/root.crt`, 'utf8'),
  );
  const host = new TestHost();
  const args = { ...wanted(at), ca: { certificate: `${at}/chain`, key: `${at}/sub.key` } };
  await host.apply(certificate, args);
  expect(readFileSync(`${at}/web.crt`, 'utf8').match(/BEGIN/g)).toHaveLength(2);
  const verified = run('verify', '-CAfile', 'root.crt', '-untrusted', 'web.crt', 'web.crt');
  expect(verified.toString()).toContain('OK');
  expect((await host.apply(certificate, args)).changed).toBe(false);
});

test('old and new authority change places: certificates follow, and nothing of them is added', async () => {
  const at = folder();
  const host = new TestHost();
  const both = { certificate: ca.certificate + otherCa.certificate, key: ca.key };
  await host.apply(certificate, wanted(at));
  expect((await host.apply(certificate, { ...wanted(at), ca: both })).changed).toBe(false);
  const turned = { certificate: otherCa.certificate + ca.certificate, key: otherCa.key };
  const step = await host.apply(certificate, { ...wanted(at), ca: turned });
  expect(step.plan).toMatchObject({ differences: [{ what: 'issuer' }] });
  expect(readFileSync(`${at}/web.crt`, 'utf8').match(/BEGIN/g)).toHaveLength(1);
});

describe('arguments', () => {
  const at = '/etc/ssl';
  test.each([
    ['a server without names', { names: [] }, /needs names/],
    ['a name with a dot at its end', { names: ['a.example.org.'] }, /ends with a dot/],
    ['what is no name', { names: ['a b'] }, /neither a DNS name nor an IP address/],
    ['a window as long as its life', { days: 30 }, /renewBeforeDays \(30\) must be less/],
    ['certificate and key in one file', { keyPath: `${at}/web.crt` }, /must differ/],
    ['a key that is no key', { ca: { ...ca, key: otherCa.certificate } }, /not a private key/],
    ["another authority's key", { ca: { ...ca, key: otherCa.key } }, /is not that of/],
  ])('%s is refused', async (_name, change, fails) => {
    await checkCase(certificate, { name: '', want: { ...wanted(at), ...change }, fails });
  });
});
