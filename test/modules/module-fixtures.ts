/** For each module arguments that want a change of this machine, which the suites never make. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { absent, value } from '../../engine/module/reader.ts';
import { freshFile } from '../../engine/modules/shared/file-result.ts';
import { textValue } from '../../engine/readers/files/text.ts';
import { secret } from '../../engine/secrets/secret.ts';
import { dockerArchive } from '../../lab/kubernetes/archive/docker-archive.ts';
import type { Answers } from './idle-modules.ts';
import { unitOf } from './units.ts';

/** How a module shows that an apply which did nothing was found out. */
export type Fixture = {
  readonly want: Readonly<Record<string, unknown>>;
  /** What readers say that this machine cannot ask: no systemd, no cluster, no rpm. */
  readonly answers?: Answers;
} & (
  | { readonly is: 'verified' }
  /** An action; what the failure says, where its end can be told. */
  | { readonly is: 'an action'; readonly fails?: RegExp }
  /** It changes nothing, or nothing of the host. */
  | { readonly is: 'looking' }
);

const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1jVGNmsSDjFn5jDJ2lJZ8rJXaJ3Yq0xW8vJ0Qv4lLr';
const file = freshFile({ type: 'file', mode: '0644' }, { name: 'root', uid: 0 });
const node = { kind: 'Node', metadata: { name: 'n' }, spec: {} };
const answered = value({ objects: [node], refused: undefined, reached: true });
const done = /^done, but /;

/** @param at a folder of the test's own */
export function moduleFixtures(at: string): Readonly<Record<string, Fixture>> {
  const inside = (name: string): string => `${at}/${name}`;
  prepareFiles(at);
  const ca = { certificate: inside('ca.crt'), key: inside('ca.key') };
  const edited = { path: inside('edited'), create: true };
  const verified = (want: Fixture['want'], answers?: Answers): Fixture => ({
    is: 'verified',
    want,
    ...(answers && { answers }),
  });
  const looking = (want: Fixture['want']): Fixture => ({ is: 'looking', want });
  const action = (want: Fixture['want'], fails?: RegExp): Fixture => ({
    is: 'an action',
    want,
    ...(fails && { fails }),
  });
  const kubectl = { kubernetes: answered };
  return {
    addHost: looking({ name: 'x' }),
    apt: verified({ name: 'no-such-package' }),
    aptRepository: verified({ name: 'x', uris: 'http://127.0.0.1:1', suites: './', update: false }),
    ask: looking({ argv: ['true'] }),
    assert: looking({ that: true }),
    authorizedKey: verified({ user: 'root', key: publicKey }),
    blockInFile: verified({ ...edited, block: 'x' }),
    certificate: verified({
      path: inside('web.crt'),
      keyPath: inside('web.key'),
      ca,
      subject: { commonName: 'web' },
      names: ['web.example.org'],
      usages: 'server',
    }),
    certificateAuthority: verified({ path: inside('x.crt'), certificates: inside('ca.crt') }),
    certificateInfo: looking({ paths: [inside('ca.crt')] }),
    command: action({ argv: ['true'], creates: inside('none') }, done),
    containerImage: verified({ src: inside('image.tar') }, { containerImage: absent }),
    copy: verified({ dest: inside('copied'), content: secret('x') }),
    cron: verified({ name: 'x', job: 'true', file: 'no-such-file' }),
    debug: looking({ message: 'x' }),
    envFile: verified({ ...edited, set: { A: 'x' } }),
    etcdMember: verified(
      { name: 'a', peerUrls: ['https://a:2380'], endpoints: ['https://b:2379'] },
      { etcdMembers: value({ members: [], refused: undefined }) },
    ),
    fail: looking({ message: 'x' }),
    fetch: action({ src: inside('ca.crt'), dest: inside('fetched') }, /arrived incomplete/),
    file: verified({ path: inside('folder'), state: 'directory' }),
    find: looking({ paths: at }),
    getUrl: verified({ url: 'http://127.0.0.1:1/x', dest: inside('got') }),
    group: verified({ name: 'nosuchgroup' }),
    groupBy: looking({ key: 'x' }),
    hostname: verified({ name: 'another-name' }),
    hostsEntry: verified({ name: 'x', address: '10.0.0.1', path: inside('hosts') }),
    http: looking({ url: 'http://127.0.0.1:1/' }),
    ini: verified({ ...edited, section: 's', option: 'o', value: 1 }),
    iptables: verified(
      { name: 'x', chain: 'INPUT', jump: 'ACCEPT' },
      { iptables: value({ policy: 'ACCEPT', rules: 0, marked: [], matches: false }) },
    ),
    json: verified({ ...edited, key: 'a', value: 1 }),
    k8s: verified(
      { manifest: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } } },
      {
        kubernetesObjects: value({
          live: [],
          applied: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }],
          refused: undefined,
          reached: true,
        }),
      },
    ),
    k8sDrain: verified({ node: 'n', state: 'cordoned' }, kubectl),
    k8sInfo: looking({ kind: 'nodes' }),
    k8sLabel: verified({ objects: ['node/n'], labels: { a: 'b' } }, kubectl),
    k8sTaint: verified({ nodes: ['n'], taints: [{ key: 'a', effect: 'NoSchedule' }] }, kubectl),
    k8sWait: { ...action({ object: 'node/n', for: 'Ready', timeout: 1 }), answers: kubectl },
    knownHost: verified({ name: 'x', key: publicKey, path: inside('known') }),
    kubeconfig: verified({
      path: inside('admin.conf'),
      server: 'https://127.0.0.1:6443',
      ca: inside('ca.crt'),
      user: 'admin',
      certificate: { ca, subject: { commonName: 'admin' } },
    }),
    limits: verified({ domain: '*', item: 'nofile', value: 1, file: inside('limits') }),
    lineInFile: verified({ ...edited, line: 'x' }),
    local: looking({ do: () => () => 1 }),
    locale: verified({ lang: 'C', file: inside('locale') }),
    mirror: verified({ src: inside('pages'), dest: inside('mirrored') }),
    modprobe: verified(
      { module: 'loop' },
      { kernelModule: value({ name: 'loop', state: 'available', parameters: {} }) },
    ),
    mount: verified({
      path: inside('mounted'),
      src: 'tmpfs',
      fstype: 'tmpfs',
      fstab: inside('fstab'),
    }),
    nftables: verified(
      { name: 'x', table: 't', chain: 'c', rule: 'accept', create: true },
      { nftChain: absent },
    ),
    pause: looking({ seconds: 0 }),
    pkg: verified({ name: 'no-such-package' }),
    privateKey: verified({ path: inside('sign.key') }),
    query: looking({ argv: ['true'] }),
    reboot: action({}, done),
    refreshFacts: looking({}),
    replace: verified({ path: inside('text'), regexp: 'old', replace: 'new' }),
    rpmKey: verified(
      { fingerprint: 'ABCD1234', state: 'absent' },
      { rpmKeys: value(['abcd1234']) },
    ),
    script: action({ src: inside('make.sh'), creates: inside('none') }, done),
    selinux: verified(
      { state: 'permissive' },
      { file: value(file), text: value(textValue(Buffer.from('SELINUX=enforcing\n'))) },
    ),
    setFact: looking({ value: 1 }),
    shell: action({ script: ':', creates: inside('none') }, done),
    slurp: looking({ path: inside('text') }),
    stat: looking({ path: inside('text') }),
    sudoers: verified({ name: 'x', user: 'root', folder: at }),
    swap: verified(
      { fstab: inside('swaps') },
      { file: value(file), text: value(textValue(Buffer.from('/dev/x none swap sw 0 0\n'))) },
    ),
    sysctl: verified({ key: 'net.ipv4.ip_forward', value: '1', file: inside('sysctl.conf') }),
    systemd: verified({ unit: 'app', state: 'started' }, { unit: value(unitOf()) }),
    systemdUnit: verified(
      { unit: 'app.service', content: 'x', folder: at },
      { unit: value(unitOf()) },
    ),
    tempFile: action({ folder: at }),
    template: verified({ src: inside('page.hbs'), dest: inside('page') }),
    timer: verified(
      { name: 'no-such-timer', argv: ['true'], onCalendar: 'daily' },
      { unit: absent },
    ),
    timezone: verified({ name: 'Antarctica/Troll' }),
    tmpfiles: verified({ name: 'x', entries: [{ type: 'd', path: inside('made') }] }),
    toml: verified({ ...edited, key: 'a', value: 1 }),
    unarchive: verified({ src: inside('app.tar'), dest: inside('unpacked') }),
    user: verified({ name: 'nosuchuser' }),
    waitFor: action({ path: inside('none'), timeout: 1 }),
    yaml: verified({ ...edited, key: 'a', value: 1 }),
    yum: verified({ name: 'no-such-package' }, { '*': absent }),
    yumRepository: verified({ name: 'x', baseurl: 'http://127.0.0.1:1', folder: at }),
  };
}

function prepareFiles(at: string): void {
  const inside = (name: string): string => `${at}/${name}`;
  mkdirSync(inside('pages'));
  writeFileSync(inside('pages/a.html'), 'a');
  writeFileSync(inside('page.hbs'), 'a');
  writeFileSync(inside('text'), 'old\n');
  writeFileSync(inside('fstab'), '');
  writeFileSync(inside('hosts'), '');
  writeFileSync(inside('swaps'), '/dev/x none swap sw 0 0\n');
  writeFileSync(inside('make.sh'), '#!/bin/sh\n');
  chmodSync(inside('make.sh'), 0o755);
  execFileSync('tar', ['-cf', inside('app.tar'), '-C', at, 'pages']);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const out = ['-keyout', inside('ca.key'), '-out', inside('ca.crt'), '-subj', '/CN=test'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-days', '30', ...out], { stdio: 'ignore' });
  const layers = [[{ type: 'file' as const, path: 'a', mode: 0o644, content: Buffer.from('a') }]];
  const image = { names: ['a:1'], architecture: 'amd64', start: { Cmd: ['sh'] }, layers };
  writeFileSync(inside('image.tar'), dockerArchive(image));
}
