/** Hosts that answer with what is not so: each trial is a run, and says what did not hold. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { fetch } from '../../../engine/modules/files/fetch/index.ts';
import { find } from '../../../engine/modules/files/find.ts';
import { http } from '../../../engine/modules/network/http.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import type { Event } from '../../../engine/report/events.ts';
import { prettyReporter } from '../../../engine/report/pretty.ts';
import { reportTo } from '../../../engine/report/shown.ts';
import { StringSink } from '../../../engine/report/sink.ts';
import { Redactor } from '../../../engine/secrets/redact.ts';
import { fleet, type Fleet } from '../../run/harness.ts';
import { playOf, shell } from '../../run/steps.ts';
import { inventory, nearHost } from './near-host.ts';
import { Project } from '../project.ts';
import { insideOf } from './surroundings.ts';

type Trials = Readonly<Record<string, () => Promise<readonly string[]>>>;

/** What a person sees of a run's events. */
function seenOf(events: readonly Event[]): string {
  const sink = new StringSink();
  const options = { diff: true, verbosity: 2 };
  const reporter = reportTo(new Redactor(), [prettyReporter(sink, options)]);
  for (const event of events) reporter.on(event);
  return sink.text;
}

/** The host's shell behind a relay that changes what it says. */
const relay = (on: Fleet, from: string, to: string): unknown =>
  on.link('a', { shell: ['/bin/sh', '-c', `/bin/sh | sed -u 's#${from}#${to}#g'`] });

/** A host that prints this, on both streams, in steps that succeed and fail and in what is read. */
async function printing(text: string | Buffer): Promise<string> {
  const on = await fleet(['a']);
  await writeFile(on.path('text'), text);
  const say = `cat ${on.path('text')}; cat ${on.path('text')} >&2`;
  const ran = await on.run(
    playOf(function* () {
      yield shell('well', say);
      yield query('asked', { argv: ['sh', '-c', say] }, { ignoreErrors: true });
      yield shell('ill', `${say}; exit 7`, { ignoreErrors: true });
      yield shell('behind', 'true');
    }),
  );
  if (ran.exitCode !== 0) return `codes: ${ran.lines.join()} ${seenOf(ran.events)}`;
  const codes = [ran.exitCode, ran.end('a', 'ill').failure?.code, ran.outcome('a', 'behind')];
  return codes.join() === '0,7,changed' ? seenOf(ran.events) : `codes: ${codes.join()}`;
}

export const printed: Trials = {
  'escapes that clear, rename and answer for the terminal': async () => {
    const seen = await printing('\u001b[2J\u001b]0;x\u0007\u001b[6n\u009b31m\u0090q\u009c\rover');
    return /[\u001b\u0007\u0090-\u009f]/.test(seen) || seen.startsWith('codes') ? [seen] : [];
  },
  'bytes that are no UTF-8': async () => {
    const seen = await printing(Buffer.from('fffec328eda08020746578740a', 'hex'));
    return seen.includes('text') && !seen.startsWith('codes') ? [] : [seen];
  },
  'frames of another session': async () => {
    const mark = 'f'.repeat(32);
    const seen = await printing(
      ['hello root root', 'end 1 0 ', 'ready', 'held 1 x', 'live 1 out 9']
        .map((frame) => `${mark} ${frame}\n`)
        .join(''),
    );
    return seen.startsWith('codes') ? [seen] : [];
  },
  '`__proto__` and `constructor` in JSON': async () => {
    const body = '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}';
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ['__proto__']: 'polluted' });
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        http('json', { url: `http://127.0.0.1:${port}/` }),
        shell('text', `echo '${body}'`),
      ]),
    );
    server.close();
    const seen = seenOf(ran.events);
    return ran.exitCode === 0 && !('polluted' in {}) && seen.includes('constructor') ? [] : [seen];
  },
};

export const named: Trials = {
  'a found file that lies elsewhere': async () => {
    const on = await fleet(['a']);
    const target = on.path('target');
    await mkdir(on.path('pub'));
    await writeFile(on.path('pub', 'report'), 'forged');
    const up = '../'.repeat(20);
    relay(on, `${on.path('pub')}/./report`, `${on.path('pub')}/${up}${target.slice(1)}`);
    const ran = await on.run(
      playOf(function* () {
        const found = find('reports', { paths: on.path('pub') });
        yield found;
        yield fetch('keep', {
          src: (run) => run.result(found).paths[0] ?? '',
          dest: on.path('got'),
        });
      }),
    );
    return ran.exitCode === 2 && !existsSync(target) ? [] : [ran.lines.join()];
  },
  'an absolute file to be sent': () => sends((secret) => secret),
  'a file upwards to be sent': () => sends((secret) => `../../../../../../../..${secret}`),
};

/** The playbook sends the file that the host names. */
async function sends(name: (secret: string) => string): Promise<readonly string[]> {
  const on = await fleet(['a']);
  await writeFile(on.path('secret'), 'of the controller');
  await writeFile(on.path('answer'), name(on.path('secret')));
  const ran = await on.run(
    playOf(function* () {
      const told = query('told', { argv: ['cat', on.path('answer')] });
      yield told;
      yield copy('sent', { src: (run) => run.result(told).stdout.trim(), dest: on.path('copy') });
    }),
  );
  return ran.exitCode === 2 && !existsSync(on.path('copy')) ? [] : [ran.lines.join()];
}

/** A user of the host looks for the session's mark in all arguments, and has frames of it printed. */
export async function forgedBy(uid: number): Promise<readonly string[]> {
  const password = execFileSync('openssl', ['passwd', '-6', 'word'], { encoding: 'utf8' }).trim();
  const forger = `(exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -c '
while :; do for each in /proc/[0-9]*/cmdline; do
mark=$(tr "\\0" "\\n" <$each 2>/dev/null | sed -n "s/.*open.n. \\([0-9a-f]*\\) \\([0-9a-f]*\\).*/\\1\\2/p")
[ -z "$mark" ] || { for n in 1 2 3 4 5 6 7 8 9; do echo "$mark end $n 0 "; done; echo "$mark ready"; } >/srv/forged
done; sleep 0.1; done') >/dev/null 2>&1 &`;
  const inside = insideOf({ password, sudoers: ['odd ALL=(ALL) ALL'], inside: forger }, uid);
  const host = await nearHost({ inside, base: '/var/tmp' });
  const project = new Project({
    'hosts.yaml': inventory(host.line('h', 'user: odd, becomePassword: word')),
    'site.ts': `import { play, playbook, shell } from 'tsplay';
export default playbook([play({ name: 'p', hosts: 'all', become: true, *tasks() {
  yield shell('prints', { script: 'until [ -s /srv/forged ]; do sleep 0.1; done; sleep 0.3; cat /srv/forged; cat /srv/forged >&2; exit 7' },
    { timeout: 30 });
  yield shell('behind', { script: ':' });
} })]);
`,
  });
  const { code, stdout, stderr } = await project.play();
  await host.stop();
  await project.remove();
  return code === 2 && stdout.includes('exit code: 7') ? [] : [`${code}: ${stdout}${stderr}`];
}
