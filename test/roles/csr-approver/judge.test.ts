/** What the approver approves: real requests, judged by the awks that hosts have. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const program = fileURLToPath(
  new URL('../../../roles/csr-approver/files/judge-requests.awk', import.meta.url),
);
const awks = [['mawk'], ['gawk'], ['busybox', 'awk']].filter(([name]) =>
  ['/usr/bin', '/bin'].some((folder) => existsSync(join(folder, name ?? ''))),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'judge-'));
  writeFileSync(join(folder, 'nodes'), 'kube4 0a633f0e\nkube5 0a633f0f\n');
  const key = ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out'];
  execFileSync('openssl', [...key, join(folder, 'key')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Request {
  readonly signer?: string;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly usages?: readonly string[];
  readonly subject?: string;
  /** Lines for openssl's `-addext`. */
  readonly extensions?: readonly string[];
  readonly asks?: string;
}

const names = 'subjectAltName=DNS:kube4,IP:10.99.63.14';

function requestOf({ subject, extensions }: Request): string {
  const pem = execFileSync('openssl', [
    'req',
    '-new',
    '-key',
    join(folder, 'key'),
    '-config',
    '/dev/null',
    '-subj',
    subject ?? '/O=system:nodes/CN=system:node:kube4',
    ...(extensions ?? [names]).flatMap((line) => ['-addext', line]),
  ]);
  return pem.toString('base64');
}

/** As the template of the approver prints it. */
function judged(awk: readonly string[], request: Request): string {
  const quote = (text: string): string => JSON.stringify(text);
  const lines = [
    'request csr-1',
    ...(request.signer === ''
      ? []
      : [`signer ${quote(request.signer ?? 'kubernetes.io/kubelet-serving')}`]),
    `user ${quote(request.user ?? 'system:node:kube4')}`,
    ...(request.groups ?? ['system:nodes', 'system:authenticated']).map(
      (each) => `group ${quote(each)}`,
    ),
    ...(request.usages ?? ['digital signature', 'key encipherment', 'server auth']).map(
      (each) => `usage ${each}`,
    ),
    `asks ${request.asks ?? requestOf(request)}`,
    'end',
    '',
  ];
  const [command = '', ...words] = awk;
  return execFileSync(command, [...words, '-v', `nodes=${join(folder, 'nodes')}`, '-f', program], {
    input: lines.join('\n'),
    env: { ...process.env, LC_ALL: 'C' },
  }).toString();
}

describe.each(awks)('%s %s', (...awk) => {
  const words = awk.filter((word) => word !== undefined);

  test.each<[string, Request]>([
    ['its own name and address', {}],
    ['its address alone', { extensions: ['subjectAltName=IP:10.99.63.14'] }],
    ['no key encipherment', { usages: ['digital signature', 'server auth'] }],
    ['no signer, as before 1.18', { signer: '' }],
    ['the subject the other way round', { subject: '/CN=system:node:kube4/O=system:nodes' }],
  ])('a node gets a certificate for %s', (_, request) => {
    expect(judged(words, request)).toBe('approve csr-1 kube4\n');
  });

  test.each<[string, Request, string]>([
    [
      'asks for the address of another',
      { extensions: ['subjectAltName=IP:10.99.63.15'] },
      'the address 0a633f0f',
    ],
    [
      'asks for the name of another',
      { extensions: ['subjectAltName=DNS:kube5'] },
      'the name kube5',
    ],
    [
      'asks for one foreign name among its own',
      { extensions: [`${names},DNS:kubernetes`] },
      'the name kubernetes',
    ],
    [
      'asks for a name by URI',
      { extensions: [`${names},URI:https://a`] },
      'a name of another kind',
    ],
    ['asks for a mail address', { extensions: [`${names},email:a@b`] }, 'a name of another kind'],
    ['asks for no name', { extensions: [] }, 'it asks for no name'],
    [
      'asks to be an authority',
      { extensions: [names, 'basicConstraints=CA:TRUE'] },
      'more than names',
    ],
    [
      'is not in the inventory',
      { user: 'system:node:evil', subject: '/O=system:nodes/CN=system:node:evil' },
      'no node of the inventory',
    ],
    ['is no node', { user: 'kubernetes-admin' }, 'not asked for by a node'],
    [
      'is in no group of nodes',
      { groups: ['system:authenticated'] },
      'not in the group system:nodes',
    ],
    [
      'has the subject of another',
      { subject: '/O=system:nodes/CN=system:node:kube5' },
      'its subject',
    ],
    [
      'has another group in its subject',
      { subject: '/O=system:masters/CN=system:node:kube4' },
      'its subject',
    ],
    [
      'has a group more in its subject',
      { subject: '/O=system:nodes/O=system:masters/CN=system:node:kube4' },
      'its subject',
    ],
    ['wants to be a client too', { usages: ['server auth', 'client auth'] }, 'more than serving'],
    ['wants no server', { usages: ['digital signature'] }, 'not to be used for serving'],
    ['sends something else', { asks: Buffer.from('no request').toString('base64') }, 'no PEM'],
  ])('who %s is left alone', (_, request, why) => {
    const said = judged(words, request);
    expect(said).toMatch(/^refuse csr-1 /);
    expect(said).toContain(why);
  });

  test('requests for other signers are none of its business', () => {
    expect(judged(words, { signer: 'kubernetes.io/kube-apiserver-client' })).toBe('');
  });

  test('a name with a line feed in it forges no line', () => {
    const user = 'x"\nuser "system:node:kube4';
    expect(judged(words, { user })).toMatch(/^refuse csr-1 /);
  });

  test('a request that is cut off anywhere is refused', () => {
    const der = Buffer.from(requestOf({}), 'base64').toString().split('\n').slice(1, -2).join('');
    const whole = Buffer.from(der, 'base64');
    for (const size of [1, 2, 10, 40, 120, whole.length - 1]) {
      const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${whole.subarray(0, size).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
      const said = judged(words, { asks: Buffer.from(pem).toString('base64') });
      expect([size, said]).toEqual([size, expect.stringMatching(/^refuse csr-1 /)]);
    }
  });
});
