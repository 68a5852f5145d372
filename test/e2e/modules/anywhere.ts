/** Tasks with the modules that need no particular system: any host with a shell runs them. */
import * as ts from 'tsplay';
import { isSecret, secret, z, type Step } from 'tsplay';
import { kubeconfig } from 'tsplay/kubernetes';

export const vars = z.strictObject({
  /** Address of the first host. */
  first: z.string(),
  /** A web server of the controller. */
  web: z.string(),
  /** sha256 of its /app.tar. */
  appDigest: z.string(),
  /** A public key of ssh. */
  publicKey: z.string(),
  hostKey: z.string(),
  /** Folder of the controller where `fetch` puts files. */
  fetched: z.string(),
});
export type Vars = z.output<typeof vars>;

const at = '/srv/m';
export const inside = (name: string): string => `${at}/${name}`;

function* files(): Generator<Step> {
  yield ts.file('folder', { path: at, state: 'directory', mode: '0755' });
  yield ts.file('link', { path: inside('link'), state: 'link', src: 'copied', force: true });
  yield ts.copy('copied', { dest: inside('copied'), content: 'one\ntwo\n', mode: '0640' });
  yield ts.copy('secret file', { dest: inside('secret'), content: secret('hunter2\n') });
  yield ts.template('template', {
    src: 'page.hbs',
    dest: inside('page'),
    vars: { words: ['a', 'b'] },
  });
  yield ts.lineInFile('line', { path: inside('lines'), line: 'a = 1', create: true });
  yield ts.blockInFile('block', { path: inside('lines'), block: 'x\ny' });
  yield ts.copy('to be replaced', { dest: inside('text'), content: 'old old\n', force: false });
  yield ts.replace('replace', { path: inside('text'), regexp: 'old', replace: 'new' });
  const create = { create: true };
  yield ts.ini('ini', { path: inside('a.ini'), section: 's', option: 'o', value: 1, ...create });
  yield ts.json('json', { path: inside('a.json'), key: 'a.b', value: [1], ...create });
  yield ts.yaml('yaml', { path: inside('a.yaml'), key: 'a.b', value: 'yes', ...create });
  yield ts.toml('toml', { path: inside('a.toml'), key: ['a.b', 'c'], value: 1.5, ...create });
  yield ts.envFile('envFile', { path: inside('a.env'), set: { A: "it's $x" } });
  yield ts.mirror('mirror', { src: 'pages', dest: inside('pages') });
}

function* looking({ fetched }: Vars): Generator<Step> {
  const page = ts.stat('stat', { path: inside('page'), digest: true });
  yield page;
  yield ts.assert('the page is there', { that: (run) => run.result(page).exists });
  const found = ts.find('find', { paths: at, patterns: ['a.*'] });
  yield found;
  yield ts.debug('found', { message: (run) => run.result(found).paths.join(' ') });
  const read = ts.slurp('slurp', { path: inside('secret'), secret: true });
  yield read;
  yield ts.assert('it is a secret', { that: (run) => isSecret(run.result(read).secret) });
  yield ts.fetch('fetch', { src: inside('page'), dest: fetched });
  const temporary = ts.tempFile('tempFile', { state: 'directory' });
  yield temporary;
  yield ts.file(
    'tempFile goes',
    { path: (run) => run.result(temporary).path, state: 'absent' },
    { changedWhen: false },
  );
}

function* archives({ web, appDigest }: Vars): Generator<Step> {
  const dest = inside('app.tar');
  yield ts.getUrl('getUrl', { url: `${web}/app.tar`, dest, sha256: appDigest });
  yield ts.getUrl('getUrl by the controller', {
    url: `${web}/app.tar`,
    dest: inside('again.tar'),
    sha256: appDigest,
    from: 'controller',
  });
  yield ts.unarchive('unarchive', { src: 'app.tgz', dest: inside('app'), strip: 1 });
  yield ts.unarchive('unarchive there', { remoteSrc: dest, dest: inside('there') });
}

function* certificates(): Generator<Step> {
  const ca = { certificate: 'ca.crt', key: 'ca.key' };
  yield ts.certificateAuthority('certificateAuthority', {
    path: inside('ca.crt'),
    certificates: 'ca.crt',
  });
  yield ts.certificate('certificate', {
    path: inside('web.crt'),
    keyPath: inside('web.key'),
    ca,
    subject: { commonName: 'web' },
    names: ['web.example.org'],
    usages: 'server',
  });
  yield ts.certificateInfo('certificateInfo', { paths: [inside('web.crt')] });
  yield ts.privateKey('privateKey', { path: inside('sign.key'), publicPath: inside('sign.pub') });
  yield kubeconfig('kubeconfig', {
    path: inside('admin.conf'),
    server: 'https://127.0.0.1:6443',
    ca: 'ca.crt',
    user: 'admin',
    certificate: { ca, subject: { commonName: 'admin' } },
  });
}

function* control({ web, first }: Vars): Generator<Step> {
  yield ts.command('command', {
    argv: ['touch', inside('by-command')],
    creates: inside('by-command'),
  });
  yield ts.shell('shell', { script: `: >${inside('by-shell')}`, creates: inside('by-shell') });
  yield ts.script('script', {
    src: 'make.sh',
    arguments: [inside('by-script')],
    creates: inside('by-script'),
  });
  const kernelName = ts.query('query', { argv: ['uname', '-r'], independent: true });
  yield kernelName;
  yield ts.ask('ask', { argv: ['test', '-d', '/'], independent: true });
  yield ts.http('http', { url: `${web}/hello`, contains: 'hello', independent: true });
  const greeting = ts.setFact('setFact', { value: (run) => `on ${run.result(kernelName).stdout}` });
  yield greeting;
  yield ts.debug('debug', { message: (run) => run.result(greeting).value });
  yield ts.addHost('addHost', { name: 'later', groups: ['late'], vars: { host: first } });
  yield ts.groupBy('groupBy', { key: (run) => `os_${run.facts.os.id}` });
  yield ts.fail('fail', { message: 'never' }, { when: () => false });
  yield ts.refreshFacts('refreshFacts', {});
  yield ts.endHost('endHost', {}, { when: () => false });
  yield ts.endBatch('endBatch', {}, { when: () => false });
  yield ts.endPlay('endPlay', {}, { when: () => false });
  yield ts.pause('pause', { seconds: 0 });
  yield ts.local(
    'local',
    { do: (run) => () => run.host, invalidates: 'nothing' },
    { changedWhen: false },
  );
}

/** All of them. */
export function* tasksOfAnyHost(given: Vars): Generator<Step> {
  yield* files();
  yield* looking(given);
  yield* archives(given);
  yield* certificates();
  yield* control(given);
}
