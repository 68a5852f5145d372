/** Secrets with one known word in each, given to all that takes secrets, and how one is found. */

/** What each secret is given to. */
export const channels = [
  'content',
  'template',
  'line',
  'stdin',
  'header',
  'password',
  'awaited',
  'body',
  'large',
  'huge',
  'long',
  'handler',
  'inventory',
  'quiet',
] as const;

/** As no program prints it by chance. */
const word = (channel: string): string => `canary-${channel}-Zq81x`;

/** Programs that print what they read in another form. */
export const forms: Readonly<Record<string, string>> = {
  'as it is': 'cat',
  'base64, wrapped': '{ printf %051d 0; cat; } | base64',
  hexadecimal: "od -An -v -tx1 | tr -d ' \\n'",
  'JSON in JSON': printing('JSON.stringify(JSON.stringify(text))'),
  'percent-encoded': printing('encodeURIComponent(text)'),
  'in lines of 70 characters': 'fold -w 70',
  'a dump of bytes': 'od -An -v -tx1',
  'in capitals': 'tr a-z A-Z',
};

function printing(expression: string): string {
  const script = `const text = require("fs").readFileSync(0, "utf8"); console.log(${expression})`;
  return `${process.execPath} -e '${script}'`;
}

/** Whose text is no secret: the search must find it, or it would find nothing else either. */
export const open = 'open';
/** Of a step that says exposeSecret: in the environment, and nowhere else. */
export const exposed = 'exposed';

/** @param url a server that answers @returns site.ts; where FAIL is set it leaves a handler pending */
export const site = (url: string): string => `
import * as t from 'tsplay';
const canary = (channel) => t.secret('canary-' + channel + '-Zq81x "\\\\ & end');
const url = ${JSON.stringify(url)};
export default t.playbook([t.play({ name: 'secrets', hosts: 'all', become: true, *tasks() {
  yield t.file('folder', { path: '/srv/s', state: 'directory' });
  yield t.copy('content', { content: canary('content'), dest: '/srv/s/content' });
  yield t.template('template', { src: 'secret.hbs', dest: '/srv/s/template', vars: { it: canary('template') } });
  yield t.lineInFile('line', { path: '/srv/s/line', line: canary('line'), create: true });
  yield t.command('stdin', { argv: ['sh', '-c', 'cat >/dev/null'], stdin: canary('stdin') });
  yield t.command('quiet', { argv: ['sh', '-c', 'tee /dev/stderr'], stdin: 'canary-' + 'quiet-Zq81x' }, { secret: true });
  yield t.stat('look', { path: '/srv/s' });
  yield t.http('read', { url, headers: { 'X-Token': canary('header') }, basicAuth: { user: 'u', password: canary('password') } });
  yield t.waitFor('wait', { http: { url, headers: { 'X-Token': canary('awaited') } } });
  yield t.http('send', { url, method: 'POST', body: canary('body') });
  yield t.copy('large', { content: t.secret(('canary-large-Zq81x ' + 'K'.repeat(61) + '\\n').repeat(2000)), dest: '/srv/s/large' });
  yield t.copy('huge', { content: t.secret('canary-huge-Zq81x' + 'H'.repeat(1024 * 1024)), dest: '/srv/s/huge' });
  yield t.query('exposed', { argv: ['sh', '-c', 'test -n "$TOKEN"'], exposeSecret: true }, { environment: { TOKEN: canary('${exposed}') } });
  for (const [name, form] of Object.entries(${JSON.stringify(forms)})) {
    const printing = (of, stdin) => t.command(of + ', ' + name, { argv: ['sh', '-c', form], stdin });
    yield printing('open', 'canary-' + '${open}-Zq81x');
    yield printing('short', canary('stdin'));
    yield printing('long', t.secret('canary-long-Zq81x'.repeat(20)));
  }
  yield t.shell('fails', { script: 'cat /srv/s/content; cat /srv/s/line >&2; exit 3' }, { ignoreErrors: true });
  yield t.copy('now', { content: String(Date.now()), dest: '/srv/s/now' }, {
    notify: t.handler(t.copy('told', { content: canary('handler'), dest: '/srv/s/told' })),
  });
  if (process.env['FAIL']) yield t.fail('stop', { message: 'leaves the handler pending' });
} })]);
`;

/** Programs that are given a secret and stay for minutes. */
export const holders: Readonly<Record<string, string>> = {
  'has printed it and prints on': 'cat; while sleep 0.2; do echo; done',
  'has printed it and is silent': 'cat; sleep 300',
  'has read it and is silent': 'cat >/dev/null; sleep 300',
  'has not read it': 'sleep 300',
};

/** @returns site.ts; where HOLD is set, each host's program is given a secret */
export const holdingSite = `
import { command, copy, play, playbook, secret } from 'tsplay';
const scripts = ${JSON.stringify(Object.values(holders))};
export default playbook([play({ name: 'killed', hosts: 'all', *tasks({ host }) {
  const script = process.env['HOLD'] && scripts[Number(host.name.slice(1))];
  if (script) yield command('holds', { argv: ['sh', '-c', script], stdin: secret('canary-' + 'stdin-Zq81x') });
  yield copy('next', { content: String(Date.now()), dest: '/srv/next' });
} })]);
`;

/** A secret in the forms in which it must not be seen, however a text with it is folded. */
export function seen(text: string, channel: string): boolean {
  const bytes = Buffer.from(word(channel));
  const shown = [word(channel), bytes.toString('base64').slice(0, 24), bytes.toString('hex')];
  const unfolded = text.replaceAll(/(?:\\+[nr]|\s|│)+/g, '').toLowerCase();
  return shown.some((form) => unfolded.includes(form.toLowerCase()));
}

/** Arguments and environments of all programs that strace saw start. */
export function startsIn(trace: string): { readonly argv: string; readonly environment: string } {
  const strings = String.raw`((?:"(?:[^"\\]|\\.)*"(?:\.\.\.)?(?:, )?)*)`;
  const start = new RegExp(
    String.raw`execve\("(?:[^"\\]|\\.)*", \[${strings}\], \[${strings}`,
    'g',
  );
  const starts = [...trace.matchAll(start)];
  return {
    argv: starts.map(([, argv = '']) => argv).join('\n'),
    environment: starts.map(([, , environment = '']) => environment).join('\n'),
  };
}
