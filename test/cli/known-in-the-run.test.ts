/** Steps that only the run knows, behind facts and for items: real processes of `play` on this machine. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { privatePlaces, type PrivatePlaces } from '../shell/private-places.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'bin', 'play.js');
let project = '';
let places: PrivatePlaces;

beforeAll(async () => {
  places = await privatePlaces();
});
afterAll(() => places.close());
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'tsplay-items-'));
  mkdirSync(join(project, 'node_modules'));
  mkdirSync(join(project, 'templates'));
  symlinkSync(root, join(project, 'node_modules', 'tsplay'));
  write('hosts.yaml', 'all:\n  hosts:\n    h: { transport: local }\n');
  write('templates/good.hbs', '{{who}}\n');
  write(
    'site.ts',
    `import { choose, copy, debug, each, play, playbook, query, template, z } from 'tsplay';
const early = play({ name: 'early', hosts: 'all', *tasks() {
  yield copy('early', { dest: '${project}/early', content: 'x' });
} });
const site = play({
  name: 'site',
  hosts: 'all',
  gather: 'first',
  vars: z.strictObject({ size: z.enum(['small', 'large']).default('small'), src: z.string().default('good.hbs') }),
  *tasks({ facts, vars }) {
    yield choose('size', vars.size, {
      small: [debug('small', { message: 'few' })],
      large: [debug('large', { message: 'many' })],
    });
    const system = facts.systemd ? 'systemd' : 'none';
    yield template('file', { src: vars.src, dest: '${project}/made', vars: { who: system } }, { tags: ['late'] });
    const listed = query('listed', { argv: ['cat', '${project}/items'], independent: true, scope: 'host' });
    yield listed;
    yield each('items', (run) => run.result(listed).stdoutLines, (name) => [
      copy('item', { dest: \`${project}/\${name}\`, content: \`\${name}\\n\` }),
    ], { tags: ['items'] });
  },
});
export default playbook([early, site]);
`,
  );
  write('items', 'one\ntwo\n');
});
afterEach(() => rmSync(project, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(project, name), text);
const read = (name: string): string => readFileSync(join(project, name), 'utf8');

function play(...words: readonly string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const [enter = '', ...rest] = places.enter;
  const command = `cd ${project}; exec "$@"`;
  const program = [process.execPath, bin, 'site.ts', '-i', 'hosts.yaml', ...words];
  const argv = [...rest, 'bash', '-c', command, 'bash', ...program];
  const ran = spawnSync(enter, argv, { encoding: 'utf8', timeout: 100_000 });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

test('the lists show what is known before the run, and say that more is to come', () => {
  const { out } = play('--list-tasks');
  expect(out).toContain('      small\n');
  expect(out).not.toContain('large');
  expect(out).toContain('further tasks depend on facts, which its hosts tell when it starts');
  const listed = JSON.parse(play('--list-tasks', '--output', 'json').out) as {
    plays: readonly { awaitsFacts: boolean; tasks: readonly { name: string }[] }[];
  };
  expect(listed.plays.map(({ awaitsFacts }) => awaitsFacts)).toEqual([false, true]);
});

test('the run makes them; a second one changes nothing, and check says so before', () => {
  const checked = play('--check');
  expect(checked.out).toContain('item (one)');
  const first = play();
  expect([first.code, read('made'), read('two')]).toEqual([
    0,
    expect.stringMatching(/^(systemd|none)\n$/),
    'two\n',
  ]);
  expect(play('--check', '--exit-code').code).toBe(0);
});

test('a template that only facts lead to is tried before the play changes anything', () => {
  write('templates/bad.hbs', '{{missing}}\n');
  const ran = play('-e', 'src=bad.hbs');
  expect(ran.code).toBe(1);
  expect(ran.out).toContain("play 'site' cannot be planned with the facts of its hosts");
  expect(ran.out).toContain('missing');
  expect(read('early')).toBe('x');
  expect(() => read('one')).toThrow('ENOENT');
});

test('a tag that no task turns out to have, and a variable of -e, are told when all is known', () => {
  const ran = play('--tags', 'lade', '-e', 'seize=1');
  expect(ran.code).toBe(0);
  expect(ran.out).toContain("no task has the tag 'lade', did you mean 'late'?");
  const tagged = play('--tags', 'items');
  expect(tagged.out).not.toContain('no task has the tag');
  expect(tagged.out).toContain('item (two)');
});

test('a value without a branch is refused at its place, before anything connects', () => {
  write('templates/good.hbs', 'x');
  const text = read('site.ts').replace("choose('size', vars.size", "choose('size', 'smal'");
  write('site.ts', text);
  const ran = play();
  expect(ran.code).toBe(1);
  expect(ran.err).toMatch(
    /site\.ts:\d+:\d+ {2}'size' has no branch 'smal', did you mean 'small'\?/,
  );
  expect(() => read('early')).toThrow('ENOENT');
});
