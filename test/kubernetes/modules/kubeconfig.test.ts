import { X509Certificate } from 'node:crypto';
import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { kubeconfig } from '../../../kubernetes/modules/kubeconfig/index.ts';
import { makeAuthority } from '../../../engine/pki/authority.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { checkCase, shells, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

const ca = makeAuthority({ commonName: 'kubernetes-ca' }, Date.now());
const otherCa = makeAuthority({ commonName: 'other-ca' }, Date.now());

const wanted = (at: string) => ({
  path: `${at}/scheduler.conf`,
  server: 'https://192.0.2.10:6443',
  ca: ca.certificate,
  user: 'system:kube-scheduler',
  certificate: { ca, subject: { commonName: 'system:kube-scheduler' } },
});

interface Config {
  readonly clusters: { name: string; cluster: Record<string, string> }[];
  readonly users: { name: string; user: Record<string, string> }[];
  readonly contexts: { name: string; context: Record<string, string> }[];
  readonly 'current-context': string;
}

const configAt = (path: string): Config => parse(readFileSync(path, 'utf8')) as Config;
const plain = (base64: string | undefined): string =>
  Buffer.from(base64 ?? '', 'base64').toString('utf8');

// busybox can only sync whole file systems, which takes seconds where others write
describe.each(shells)('kubeconfig under %s', { timeout: 30_000 }, (shell) => {
  const host = new TestHost({ shell });

  test('a missing one is written with a certificate, and a second run changes nothing', async () => {
    const at = folder();
    const first = await host.apply(kubeconfig, wanted(at));
    expect(first.plan).toMatchObject({
      differences: [{ what: 'kubeconfig', from: 'absent' }],
      result: { reason: 'missing' },
    });
    expect(first.result.daysLeft).toBe(364);
    const is = configAt(`${at}/scheduler.conf`);
    expect(is.clusters).toEqual([
      {
        name: 'kubernetes',
        cluster: {
          server: 'https://192.0.2.10:6443',
          'certificate-authority-data': Buffer.from(ca.certificate).toString('base64'),
        },
      },
    ]);
    expect(is['current-context']).toBe('system:kube-scheduler@kubernetes');
    expect(is.contexts).toEqual([
      {
        name: 'system:kube-scheduler@kubernetes',
        context: { cluster: 'kubernetes', user: 'system:kube-scheduler' },
      },
    ]);
    const shown = new X509Certificate(plain(is.users[0]?.user['client-certificate-data']));
    expect(shown.verify(new X509Certificate(ca.certificate).publicKey)).toBe(true);
    expect((lstatSync(`${at}/scheduler.conf`).mode & 0o777).toString(8)).toBe('600');
    expect(await host.apply(kubeconfig, wanted(at))).toMatchObject({ changed: false });
  });

  test('an apply that does nothing fails its verification', async () => {
    const idle = new TestHost({ shell, skipApply: true });
    await expect(idle.apply(kubeconfig, wanted(folder()))).rejects.toThrow(
      /^applied, but kubeconfig is absent/,
    );
  });

  test('one that may not be read is denied, not replaced', async () => {
    const at = folder();
    await host.apply(kubeconfig, wanted(at));
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(kubeconfig, wanted(at))).rejects.toThrow(/scheduler\.conf cannot be/);
  });
});

describe('what is there', () => {
  const host = new TestHost();
  const certificateIn = (path: string): string | undefined =>
    configAt(path).users[0]?.user['client-certificate-data'];

  test('another server is written without a new certificate', async () => {
    const at = folder();
    await host.apply(kubeconfig, wanted(at));
    const before = certificateIn(`${at}/scheduler.conf`);
    const step = await host.apply(kubeconfig, { ...wanted(at), server: 'https://192.0.2.11:6443' });
    expect(step.plan).toMatchObject({
      differences: [
        { what: 'server', from: 'https://192.0.2.10:6443', to: 'https://192.0.2.11:6443' },
      ],
      result: { reason: '' },
    });
    expect(certificateIn(`${at}/scheduler.conf`)).toBe(before);
  });

  test.each([
    ['issuer', { ca: otherCa, subject: { commonName: 'system:kube-scheduler' } }],
    ['subject', { ca, subject: { commonName: 'other' } }],
    [
      'expiry',
      { ca, subject: { commonName: 'system:kube-scheduler' }, days: 900, renewBeforeDays: 400 },
    ],
  ])('another %s is a reason for a new certificate', async (reason, certificate) => {
    const at = folder();
    await host.apply(kubeconfig, wanted(at));
    const before = certificateIn(`${at}/scheduler.conf`);
    const step = await host.apply(kubeconfig, { ...wanted(at), certificate });
    expect(step.plan).toMatchObject({ differences: [{ what: reason }], result: { reason } });
    expect(certificateIn(`${at}/scheduler.conf`)).not.toBe(before);
    expect((await host.apply(kubeconfig, { ...wanted(at), certificate })).changed).toBe(false);
  });

  test('what means the same is left, however it is written', async () => {
    const at = folder();
    await host.apply(kubeconfig, wanted(at));
    const path = `${at}/scheduler.conf`;
    const before = `# by hand\n${stringify(configAt(path), { sortMapEntries: true, indent: 4 })}`;
    writeFileSync(path, before);
    expect((await host.apply(kubeconfig, wanted(at))).changed).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('a second user in it is named as other settings, and goes', async () => {
    const at = folder();
    await host.apply(kubeconfig, wanted(at));
    const path = `${at}/scheduler.conf`;
    const is = configAt(path);
    writeFileSync(
      path,
      stringify({ ...is, users: [...is.users, { name: 'x', user: { token: 'y' } }] }),
    );
    const step = await host.apply(kubeconfig, wanted(at));
    expect(step.plan).toMatchObject({ differences: [{ what: 'content', from: 'other settings' }] });
    expect(configAt(path).users).toHaveLength(1);
  });

  test.each(['', 'users: {', '- 1\n', 'users: [{ name: system:kube-scheduler, user: 3 }]'])(
    'a file that holds %j is replaced',
    async (text) => {
      const at = folder();
      writeFileSync(`${at}/scheduler.conf`, text);
      await host.apply(kubeconfig, wanted(at));
      expect(configAt(`${at}/scheduler.conf`).users[0]?.name).toBe('system:kube-scheduler');
    },
  );
});

describe('tokens', () => {
  const { certificate: _, ...rest } = wanted('/tmp');
  test('a token stands in the file and nowhere else', async () => {
    const at = folder();
    const args = {
      ...rest,
      path: `${at}/bootstrap.conf`,
      token: secret('abcdef.0123456789abcdef'),
    };
    const step = await new TestHost({ diff: true }).apply(kubeconfig, args);
    expect(configAt(args.path).users[0]?.user).toEqual({ token: 'abcdef.0123456789abcdef' });
    if (step.plan.plan === 'same') throw new Error('it was there already');
    expect(JSON.stringify([step.plan.differences, step.result])).not.toContain('abcdef');
    expect((await new TestHost().apply(kubeconfig, args)).changed).toBe(false);
  });

  test('token and certificate together, or neither, are refused', async () => {
    const fails = /exactly one of certificate and token/;
    await checkCase(kubeconfig, { name: '', want: rest, fails });
    const both = { ...wanted('/tmp'), token: secret('x') };
    await checkCase(kubeconfig, { name: '', want: both, fails });
  });

  test('a server without TLS is refused', async () => {
    const want = { ...rest, token: secret('x'), server: 'http://192.0.2.10:8080' };
    await checkCase(kubeconfig, { name: '', want, fails: /URL/i });
  });
});

test('in check the private key is in no difference', async () => {
  const plan = await new TestHost({ check: true, diff: true }).plan(kubeconfig, wanted(folder()));
  if (plan.plan !== 'change') throw new Error(`planned ${plan.plan}`);
  expect(JSON.stringify([plan.differences, plan.result])).not.toContain('PRIVATE');
  expect(plan.differences.every(({ text }) => text === undefined)).toBe(true);
});
