import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { certificateAuthority } from '../../../engine/modules/certificates/certificate-authority.ts';
import { loadAuthority, makeAuthority } from '../../../engine/pki/authority.ts';
import { issueCertificate } from '../../../engine/pki/issue.ts';
import { shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

const old = makeAuthority({ commonName: 'site-ca' }, Date.now()).certificate;
const fresh = makeAuthority({ commonName: 'site-ca' }, Date.now()).certificate;

// busybox can only sync whole file systems, which takes seconds where others write
describe.each(shells)('certificateAuthority under %s', { timeout: 30_000 }, (shell) => {
  const host = new TestHost({ shell });

  test('it is put there once', async () => {
    const path = `${folder()}/ca.crt`;
    const first = await host.apply(certificateAuthority, { path, certificates: old });
    expect(first.result.authorities).toMatchObject([{ subject: 'CN=site-ca', daysLeft: 3649 }]);
    expect(readFileSync(path, 'utf8')).toBe(old);
    const second = await host.apply(certificateAuthority, { path, certificates: old });
    expect(second.changed).toBe(false);
  });

  test('an apply that does nothing fails its verification', async () => {
    const idle = new TestHost({ shell, skipApply: true });
    const args = { path: `${folder()}/ca.crt`, certificates: old };
    await expect(idle.apply(certificateAuthority, args)).rejects.toThrow(
      /^applied, but authorities is absent/,
    );
  });

  test('one that may not be read is denied', async () => {
    const path = `${folder()}/ca.crt`;
    writeFileSync(path, old, { mode: 0o600 });
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(certificateAuthority, { path, certificates: old })).rejects.toThrow(
      /ca\.crt cannot be read/,
    );
  });
});

describe('another authority', () => {
  const host = new TestHost();

  test('is refused where it would take the place of all that are believed', async () => {
    const path = `${folder()}/ca.crt`;
    writeFileSync(path, old);
    await expect(host.plan(certificateAuthority, { path, certificates: fresh })).rejects.toThrow(
      /ca\.crt holds site-ca \([0-9A-F:]+…\), and none of site-ca \([0-9A-F:]+…\)$/,
    );
  });

  test('comes beside the old one, which may then go', async () => {
    const path = `${folder()}/ca.crt`;
    writeFileSync(path, old);
    for (const certificates of [old + fresh, fresh]) {
      await host.apply(certificateAuthority, { path, certificates });
      expect(readFileSync(path, 'utf8')).toBe(certificates);
    }
  });

  test('takes its place where that is said', async () => {
    const path = `${folder()}/ca.crt`;
    writeFileSync(path, old);
    const args = { path, certificates: fresh, replace: true };
    expect((await host.apply(certificateAuthority, args)).plan).toMatchObject({
      differences: [{ what: 'authorities', from: expect.stringMatching(/^site-ca \(/) }],
    });
  });

  test('may be written over what is no certificate', async () => {
    const path = `${folder()}/ca.crt`;
    writeFileSync(path, 'nothing');
    await host.apply(certificateAuthority, { path, certificates: fresh });
    expect(readFileSync(path, 'utf8')).toBe(fresh);
  });
});

test("a server's certificate is refused as an authority", async () => {
  const authority = loadAuthority(makeAuthority({ commonName: 'ca' }, Date.now()));
  const request = {
    subject: { commonName: 'web' },
    names: ['web'],
    usages: ['server'],
    days: 1,
    renewBeforeDays: 0,
    keyType: 'p256',
  } as const;
  const { certificate } = issueCertificate(authority, request, Date.now());
  const args = { path: `${folder()}/ca.crt`, certificates: certificate };
  await expect(new TestHost().plan(certificateAuthority, args)).rejects.toThrow(
    /is not the certificate of an authority/,
  );
});
