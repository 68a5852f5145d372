/** Names and contents that break tools; `exact.test.ts` looks at the host. */
import * as ts from 'tsplay';
import { play, playbook, z, type Step } from 'tsplay';

export const names = [
  'with space',
  ' blank around ',
  'new\nline',
  'ends with\n',
  '-rf',
  '--help',
  "it's",
  '"so"',
  '$HOME',
  '`id`',
  '%s%%',
  'back\\slash\\n',
  '*',
  '[a-z]?',
  '#hash',
  '~',
  '!',
  ';&|<>()',
  'tab\there',
  'ünï ☃ 日本',
  'é decomposed',
] as const;

export const hard = '$HOME `id` $(id) %s %% \\n \\\\ \'" !! ~ * \u00fc \u{1f600}\ttab\r\nno end';

const vars = z.strictObject({ fetched: z.string(), big: z.string() });

function* named(name: string, fetched: string): Generator<Step> {
  const at = `/srv/odd/${name}`;
  const label = JSON.stringify(name);
  yield ts.file(`folder ${label}`, { path: at, state: 'directory' });
  yield ts.copy(`copy ${label}`, { dest: `${at}/${name}`, content: hard, mode: '0640' });
  yield ts.file(`link ${label}`, { path: `${at}/link`, state: 'link', src: name });
  yield ts.file(`hard ${label}`, { path: `${at}/hard`, state: 'hard', src: `${at}/${name}` });
  const path = `${at}/edited ${name}`;
  yield ts.lineInFile(`line ${label}`, { path, line: hard.split('\r\n')[0] ?? '', create: true });
  const text = `${at}/replaced ${name}`;
  yield ts.copy(`to replace ${label}`, { dest: text, content: 'old\r\nold', force: false });
  yield ts.replace(`replace ${label}`, { path: text, regexp: 'old', replace: '$HOME`%s\\\\n' });
  yield ts.fetch(`fetch ${label}`, { src: `${at}/${name}`, dest: fetched });
  const read = ts.slurp(`slurp ${label}`, { path: `${at}/${name}` });
  const seen = ts.stat(`stat ${label}`, { path: `${at}/link`, follow: true });
  const found = ts.find(`find ${label}`, { paths: at, hidden: true, contains: 'no end' });
  yield read;
  yield seen;
  yield found;
  yield ts.assert(`same ${label}`, {
    that: (run) =>
      run.result(read).text === hard &&
      run.result(seen).realPath === `${at}/${name}` &&
      run.result(found).paths.toSorted().join('\0') ===
        [`${at}/${name}`, `${at}/hard`].toSorted().join('\0'),
  });
}

function* sized(big: string, fetched: string): Generator<Step> {
  for (const name of ['nothing', 'bytes', big]) {
    const dest = `/srv/sized/${name}`;
    yield ts.copy(`copy ${name}`, { src: `all/${name}`, dest });
    yield ts.copy(`copy ${name} there`, { remoteSrc: dest, dest: `${dest}.again` });
    yield ts.fetch(`fetch ${name}`, { src: dest, dest: fetched });
  }
  yield ts.mirror('mirror all', { src: 'all', dest: '/srv/sized/mirrored' });
}

export default playbook([
  play({
    name: 'contents',
    hosts: 'all',
    vars,
    *tasks({ vars: { fetched, big } }) {
      yield ts.file('odd', { path: '/srv/odd', state: 'directory' });
      yield ts.file('sized', { path: '/srv/sized', state: 'directory' });
      for (const name of names) yield* named(name, fetched);
      yield* sized(big, fetched);
    },
  }),
]);
