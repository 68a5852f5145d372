/**
 * Certificates of a small cluster on fresh hosts, by the role and the report that are shipped.
 * The tests build on each other, in this order.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { down, type Lab } from '../../lab/index.ts';
import { connectionVariables, labFor, onHost } from './lab.ts';
import { playText, runPlay, type PlayRun } from './run-play.ts';

const name = 'pki';
const [one, two, worker] = [`${name}1`, `${name}2`, `${name}3`] as const;
const shipped = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let lab: Lab;
let folder: string;
beforeAll(async () => {
  lab = await labFor(name, 3);
  folder = await mkdtemp(join(tmpdir(), 'play-pki-'));
  const hosts = (...names: string[]) => ({
    hosts: Object.fromEntries(names.map((each) => [each, null])),
  });
  const inventory = {
    all: {
      vars: {
        ...connectionVariables(lab),
        clusterProxyMode: 'iptables',
        clusterEndpoint: { kind: 'vip', address: '198.51.100.9' },
      },
      hosts: Object.fromEntries(lab.hosts.map((host) => [host.name, { host: host.address }])),
      children: {
        kube_master: hosts(one, two),
        etcd: hosts(one, two),
        kube_node: hosts(worker),
        haproxy: hosts(worker),
      },
    },
  };
  await writeFile(join(folder, 'hosts.yaml'), stringify(inventory));
  const book = `import { play, playbook } from 'tsplay';
import { pki } from '${shipped('roles/pki/index.ts')}';
export default playbook([play({ name: 'certificates', hosts: 'all', roles: [pki] })]);\n`;
  await writeFile(join(folder, 'pki.ts'), book);
  for (const host of [one, two]) await onHost(lab, host, 'useradd --system etcd');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await down({ name });
});

const run = (...argv: string[]): Promise<PlayRun> =>
  runPlay(['pki.ts', '-i', 'hosts.yaml', ...argv], { cwd: folder });
const store = (...parts: string[]): string => join(folder, '.play', 'pki', 'kubernetes', ...parts);
const fingerprints = (host: string): Promise<string> =>
  onHost(lab, host, 'sha256sum /etc/kubernetes/pki/* /etc/kubernetes/*.conf');
/** What changed and why, by host. */
const differences = (done: PlayRun) =>
  done.ends
    .filter(({ outcome }) => outcome === 'changed')
    .map(({ step, differences: found }) => [
      step.host,
      step.name,
      ...found.map(({ what, from, to }) => `${what}: ${String(from)} -> ${String(to)}`),
    ])
    .toSorted(([a], [b]) => String(a).localeCompare(String(b)));

let checked: PlayRun;

test('check on fresh hosts makes nothing, neither there nor here', async () => {
  checked = await run('--check');
  expect(checked.exitCode).toBe(0);
  expect(checked.of('unknown')).toEqual([]);
  expect(checked.of('failed')).toEqual([]);
  await expect(stat(store())).rejects.toThrow('ENOENT');
  expect(await onHost(lab, one, 'ls -d /etc/kubernetes /etc/etcd || true')).toBe('');
});

test('apply changes what check said, and the second run nothing in a round trip or two', async () => {
  const applied = await run();
  expect(applied.exitCode).toBe(0);
  expect(applied.of('changed')).toEqual(checked.of('changed'));
  const before = await fingerprints(one);
  const second = await run();
  expect(second.of('changed')).toEqual([]);
  // Masters are asked first whether they keep secrets of a running cluster, and then for these.
  expect(Object.values(second.recap).map(({ counters }) => counters.roundTrips)).toEqual([2, 2, 1]);
  expect(await fingerprints(one)).toBe(before);
});

test('no key is readable by others, and keys of authorities stay here but for one', async () => {
  const modes =
    "find /etc/kubernetes /etc/etcd/pki /etc/haproxy/pki -name '*.key' -o -name '*.conf' -o -name '*.pem'";
  for (const host of [one, two, worker]) {
    const found = await onHost(lab, host, `(${modes}) 2>/dev/null | xargs stat -c %a`);
    expect(new Set(found.trim().split('\n'))).toEqual(new Set(['600']));
  }
  expect(await onHost(lab, one, 'stat -c %U /etc/etcd/pki/server.key')).toBe('etcd\n');
  const secret = (file: string): string =>
    execFileSync('tail', ['-n', '2', store(file)], { encoding: 'utf8' }).split('\n')[0] ?? '';
  const found = async (host: string, file: string): Promise<string> =>
    onHost(lab, host, `grep -rlF '${secret(file)}' /etc /root || true`);
  expect(await found(one, 'kubernetes-ca/ca.key')).toBe('/etc/kubernetes/pki/ca.key\n');
  expect(await found(worker, 'kubernetes-ca/ca.key')).toBe('');
  for (const file of ['etcd-ca/ca.key', 'front-proxy-ca/ca.key']) {
    expect([file, await found(one, file), await found(worker, file)]).toEqual([file, '', '']);
  }
});

test('masters have the same key for service accounts, and certificates of their own', async () => {
  const sums = (path: string) =>
    Promise.all([one, two].map((host) => onHost(lab, host, `sha256sum ${path}`)));
  const [key, sameKey] = await sums('/etc/kubernetes/pki/sa.key');
  expect(key).toBe(sameKey);
  const [certificate, otherCertificate] = await sums('/etc/kubernetes/pki/apiserver.crt');
  expect(certificate).not.toBe(otherCertificate);
});

test('OpenSSL believes every certificate of a host by the authorities that it has', async () => {
  const at = await mkdtemp(join(folder, 'fetched-'));
  const files = await onHost(
    lab,
    one,
    'cd /etc/kubernetes/pki && for f in *.crt; do echo "== $f"; cat "$f"; done',
  );
  const texts = new Map(
    files
      .split('== ')
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
  );
  for (const [file, text] of texts) await writeFile(join(at, file), text);
  const issuer = (file: string): string => {
    if (file === 'apiserver-etcd-client.crt') return 'etcd-ca.crt';
    return file === 'front-proxy-client.crt' ? 'front-proxy-ca.crt' : 'ca.crt';
  };
  const leaves = [...texts.keys()].filter((file) => !file.endsWith('ca.crt'));
  expect(leaves).toHaveLength(6);
  for (const file of leaves) {
    const words = ['verify', '-x509_strict', '-CAfile', issuer(file), file];
    expect(execFileSync('openssl', words, { cwd: at, encoding: 'utf8' })).toBe(`${file}: OK\n`);
  }
});

test('a certificate with 10 days left is issued anew with that reason, and it alone', async () => {
  await onHost(lab, two, 'rm /etc/kubernetes/pki/scheduler.crt');
  await run('--limit', two, '-e', 'pkiDays=11', '-e', 'pkiRenewBeforeDays=1');
  expect(differences(await run())).toEqual([
    [
      two,
      'certificate of the scheduler',
      expect.stringMatching(/^expiry: 10 days left \(.*\) -> 365 days$/),
    ],
  ]);
  expect(differences(await run())).toEqual([]);
});

test('a further name of the API servers is a reason on every master, and for nothing else', async () => {
  const more = ['-e', 'clusterApiNames=["api.example.org"]'];
  const expected = [one, two].map((host) => [
    host,
    'certificate of the API server',
    'names: no api.example.org -> api.example.org',
  ]);
  expect(differences(await run(...more))).toEqual(expected);
  expect(differences(await run(...more))).toEqual([]);
});

test('authorities of another folder are refused before anything is written', async () => {
  const before = await fingerprints(one);
  const wrong = await run('-e', `pkiDirectory=${join(folder, 'wrong')}`);
  expect(wrong.exitCode).toBe(2);
  expect(wrong.of('changed')).toEqual([]);
  expect(JSON.stringify(wrong.events)).toMatch(/holds etcd-ca \([^)]*\), and none of etcd-ca/);
  expect(await fingerprints(one)).toBe(before);
});

test('a certificate by a foreign authority is issued anew with that reason', async () => {
  await cp(store(), join(folder, 'foreign'), { recursive: true });
  await rm(join(folder, 'foreign', 'front-proxy-ca'), { recursive: true });
  const foreign = [
    '-e',
    `pkiDirectory=${join(folder, 'foreign')}`,
    '-e',
    'pkiReplaceAuthorities=true',
  ];
  const masters = [one, two].flatMap((host) => [
    [host, 'authority of the front proxy', expect.stringMatching(/^authorities: front-proxy-ca/)],
    [host, 'certificate of the front proxy', 'issuer: another front-proxy-ca -> front-proxy-ca'],
  ]);
  const given = ['-e', 'clusterApiNames=["api.example.org"]'];
  expect(differences(await run(...foreign, ...given))).toEqual(masters);
  expect(differences(await run(...foreign, ...given))).toEqual([]);
});

test('the report lists every certificate and fails where one ends soon', async () => {
  const report = shipped('playbooks/certs-check.ts');
  const options = { cwd: folder };
  const { exitCode, stdout } = await playText([report, '-i', 'hosts.yaml'], options);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /364 {2}20\d\d-\d\d-\d\d {2}\/etc\/kubernetes\/admin\.conf +CN=kubernetes-admin, O=system:masters +kubernetes-ca/,
  );
  expect(stdout).toMatch(/36\d\d {2}20\d\d-\d\d-\d\d {2}\/etc\/etcd\/pki\/ca\.crt/);
  const soon = await playText([report, '-i', 'hosts.yaml', '-e', 'certsWarnDays=400'], options);
  expect(soon.exitCode).toBe(2);
  expect(soon.stdout + soon.stderr).toContain('a certificate ends within 400 days');
});

test('neither the journal nor any event holds a private key', async () => {
  const runs = join(folder, '.play', 'runs');
  const files = await readdir(runs);
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    expect(await readFile(join(runs, file), 'utf8')).not.toContain('PRIVATE KEY');
  }
});
