import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { certificateInfo } from '../../../engine/modules/certificates/certificate-info.ts';
import { certificate } from '../../../engine/modules/certificates/certificate/index.ts';
import { kubeconfig } from '../../../kubernetes/modules/kubeconfig/index.ts';
import { makeAuthority } from '../../../engine/pki/authority.ts';
import { shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

const ca = makeAuthority({ commonName: 'site-ca' }, Date.now());

// busybox can only sync whole file systems, which takes seconds where others write
describe.each(shells)('certificateInfo under %s', { timeout: 30_000 }, (shell) => {
  const host = new TestHost({ shell });

  test('certificates are found in files and in kubeconfigs, what is none is left out', async () => {
    const at = folder();
    const subject = { commonName: 'web', organizations: ['team'] };
    await host.apply(certificate, {
      path: `${at}/web.crt`,
      keyPath: `${at}/web.key`,
      ca,
      subject,
      names: ['192.0.2.10', 'web'],
      usages: 'server',
      days: 90,
    });
    await host.apply(kubeconfig, {
      path: `${at}/admin.conf`,
      server: 'https://192.0.2.10:6443',
      ca: ca.certificate,
      user: 'admin',
      certificate: { ca, subject: { commonName: 'admin' } },
    });
    writeFileSync(`${at}/other`, 'no certificate');
    const paths = ['web.crt', 'admin.conf', 'other', 'absent'].map((name) => `${at}/${name}`);
    const step = await host.apply(certificateInfo, { paths });
    expect(step.changed).toBe(false);
    expect(step.result.certificates).toMatchObject([
      {
        path: `${at}/web.crt`,
        subject: 'CN=web, O=team',
        issuer: 'site-ca',
        names: ['192.0.2.10', 'web'],
        daysLeft: 89,
        notAfter: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/),
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { path: `${at}/admin.conf`, subject: 'CN=admin', daysLeft: 364 },
    ]);
  });

  test('what may not be read is denied, not left out', async () => {
    const at = folder();
    writeFileSync(`${at}/web.crt`, ca.certificate, { mode: 0o600 });
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.plan(certificateInfo, { paths: [`${at}/web.crt`] })).rejects.toThrow(
      /web\.crt cannot be read/,
    );
  });
});
