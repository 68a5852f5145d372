import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { certificatesIn, loadAuthority, makeAuthority } from '../../engine/pki/authority.ts';
import { issueCertificate, type CertificateRequest } from '../../engine/pki/issue.ts';
import { keyTypes } from '../../engine/pki/key.ts';
import { reveal } from '../../engine/secrets/secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'play-pki-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const openssl = (...words: string[]): string =>
  execFileSync('openssl', words, { encoding: 'utf8', cwd: folder, stdio: 'pipe' });

const request: CertificateRequest = {
  subject: { commonName: 'kube-apiserver', organizations: ['first', 'second'] },
  names: ['kubernetes', '10.254.0.1', '::1', '*.example.org', '2001:DB8::0:1', 'KUBERNETES'],
  usages: ['server', 'client'],
  days: 365,
  renewBeforeDays: 30,
  keyType: 'p256',
};

describe.each(keyTypes)('with keys of the kind %s', (keyType) => {
  const ca = makeAuthority(
    { commonName: 'kubernetes-ca', organizations: ['k8s'], keyType },
    Date.now(),
  );
  const issued = issueCertificate(loadAuthority(ca), { ...request, keyType }, Date.now());
  writeFileSync(join(folder, 'ca.crt'), ca.certificate);
  writeFileSync(join(folder, 'leaf.crt'), issued.certificate);
  writeFileSync(join(folder, 'leaf.key'), reveal(issued.key));
  const verified = openssl(
    'verify',
    '-x509_strict',
    '-purpose',
    'sslserver',
    '-CAfile',
    'ca.crt',
    'leaf.crt',
  );
  const text = openssl('x509', '-in', 'leaf.crt', '-noout', '-text');
  const caText = openssl('x509', '-in', 'ca.crt', '-noout', '-text');
  const key = openssl('pkey', '-in', 'leaf.key', '-pubout');
  const publicKey = openssl('x509', '-in', 'leaf.crt', '-noout', '-pubkey');

  test('OpenSSL verifies the certificate by the letter of the standard', () => {
    expect(verified).toBe('leaf.crt: OK\n');
  });

  test('OpenSSL shows what was asked for', () => {
    expect(text).toContain('Subject: O = first, O = second, CN = kube-apiserver');
    expect(text).toContain('Issuer: O = k8s, CN = kubernetes-ca');
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment\n/);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE\n/);
    expect(text).toMatch(
      /Extended Key Usage: \n\s+TLS Web Server Auth\w+, TLS Web Client Auth\w+\n/,
    );
    expect(text).toMatch(
      /DNS:\*\.example\.org, IP Address:10\.254\.0\.1, IP Address:2001:DB8:0:0:0:0:0:1, IP Address:0:0:0:0:0:0:0:1, DNS:kubernetes\n/,
    );
  });

  test("the authority may sign certificates, and its key identifier is the certificate's", () => {
    expect(caText).toMatch(/Basic Constraints: critical\s+CA:TRUE\n/);
    expect(caText).toMatch(/Key Usage: critical\s+[^\n]*Certificate Sign, CRL Sign\n/);
    const own = /Subject Key Identifier: \n\s+(\S+)/.exec(caText)?.[1];
    const named = /Authority Key Identifier: \n\s+(\S+)/.exec(text)?.[1];
    expect(own).toMatch(/^([0-9A-F]{2}:){19}/);
    expect(named).toBe(own);
  });

  test('the key is that of the certificate', () => {
    expect(publicKey).toBe(key);
  });
});

test('two certificates for the same have different keys and serial numbers', () => {
  const authority = loadAuthority(makeAuthority({ commonName: 'ca' }, Date.now()));
  const [one, other] = [1, 2].map(
    () => new X509Certificate(issueCertificate(authority, request, Date.now()).certificate),
  );
  expect(one?.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  expect(one?.serialNumber).not.toBe(other?.serialNumber);
  expect(one?.publicKey.export({ type: 'spki', format: 'pem' })).not.toBe(
    other?.publicKey.export({ type: 'spki', format: 'pem' }),
  );
});

test('it is valid from some minutes ago, for the days that were asked for', () => {
  const authority = loadAuthority(makeAuthority({ commonName: 'ca' }, 0));
  const now = Date.UTC(1975, 0, 1, 12, 0, 0, 500);
  const made = new X509Certificate(issueCertificate(authority, request, now).certificate);
  expect(new Date(made.validFrom).toISOString()).toBe('1975-01-01T11:55:00.000Z');
  expect(new Date(made.validTo).toISOString()).toBe('1976-01-01T11:55:00.000Z');
});

test('a certificate after 2049 is written as the standard has it', () => {
  const authority = loadAuthority(makeAuthority({ commonName: 'ca', days: 36_500 }, Date.now()));
  const made = issueCertificate(authority, { ...request, days: 20_000 }, Date.now());
  writeFileSync(join(folder, 'late.crt'), made.certificate);
  expect(openssl('asn1parse', '-in', 'late.crt')).toMatch(/GENERALIZEDTIME\s+:20\d{12}Z/);
});

test('it never outlives its authority', () => {
  const authority = loadAuthority(makeAuthority({ commonName: 'ca', days: 100 }, Date.now()));
  const made = new X509Certificate(issueCertificate(authority, request, Date.now()).certificate);
  expect(new Date(made.validTo)).toEqual(authority.notAfter);
});

test('an authority that has expired signs nothing', () => {
  const old = makeAuthority({ commonName: 'old', days: 10 }, Date.now() - 20 * 86_400_000);
  expect(() => issueCertificate(loadAuthority(old), request, Date.now())).toThrow(/old expired 20/);
});

test('what is no authority cannot be one', () => {
  const authority = loadAuthority(makeAuthority({ commonName: 'ca' }, Date.now()));
  const leaf = issueCertificate(authority, request, Date.now());
  expect(() => loadAuthority(leaf)).toThrow(
    "'kube-apiserver' of the authority is not an authority's",
  );
  expect(certificatesIn(leaf.certificate)).toHaveLength(1);
});
