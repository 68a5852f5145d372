/** Inventories that somebody made to hurt, or that are larger than anybody's. */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, test } from 'vitest';
import { formatPlace, ManyErrors, PlayError } from '../../engine/errors.ts';
import { readInventory } from '../../engine/inventory/read.ts';
import { hostileValues } from './hostile-values.ts';
import { Project, running } from './project.ts';
import { report } from './trial.ts';

const projects: Project[] = [];
afterAll(async () => {
  for (const project of projects.splice(0)) await project.remove();
});

function projectWith(hosts: string): Project {
  const site = `import { command, play, playbook } from 'tsplay';
export default playbook([play({ name: 'p', hosts: 'all', *tasks() {
  yield command('one', { argv: ['true'] });
} })]);
`;
  const project = new Project({ 'hosts.yaml': hosts, 'site.ts': site });
  projects.push(project);
  return project;
}

/** Undefined where it is taken. @throws what is no refusal of ours */
async function refusalOf(hosts: string): Promise<string | undefined> {
  const project = projectWith(hosts);
  try {
    await readInventory({ files: [project.path('hosts.yaml')] });
    return undefined;
  } catch (error) {
    if (error instanceof ManyErrors) return refusalAt(error.errors[0]);
    if (!(error instanceof PlayError)) throw error;
    return refusalAt(error);
  }
}

const refusalAt = (error: PlayError | undefined): string =>
  error?.at === undefined ? 'no place' : formatPlace(error.at);

/** Where a word may stand, as an entry of `hosts`. */
const places: Readonly<Record<string, (word: string, index: number) => string>> = {
  name: (word) => `${JSON.stringify(word)}: { host: 127.0.0.1 }`,
  address: (word, index) => `address${index}: { host: ${JSON.stringify(word)} }`,
  user: (word, index) => `user${index}: { host: 127.0.0.1, user: ${JSON.stringify(word)} }`,
};

/** Stands for ssh: notes its words, a line a start, and reaches nobody. */
const ssh = (at: string): string => `#!/bin/sh
for word; do printf '%s\\0' "$word"; done | base64 -w 0 >>${at}
echo >>${at}
echo 'connection refused' >&2
exit 255
`;

describe('an inventory', () => {
  test('with hostile names, addresses and users starts nothing', async (context) => {
    const marked = projectWith('');
    const ran = marked.path('ran');
    const words = Object.entries({
      ...hostileValues(`touch ${ran}`),
      'an option of ssh': `-oProxyCommand=touch ${ran}`,
      'a short option of ssh': '-F/dev/null',
      'an address with a user': `x@$(touch ${ran})`,
      'tokens of ssh': '%h%r%k',
      'a variable of ssh': '${HOME}',
      'a group of patterns': 'all:!x',
    });
    const taken: string[] = [];
    for (const [index, [, word]] of words.entries())
      for (const place of Object.values(places)) {
        const entry = place(word, index);
        if ((await refusalOf(`all:\n  hosts:\n    ${entry}\n`)) === undefined) taken.push(entry);
      }
    marked.write('hosts.yaml', `all:\n  hosts:\n    ${taken.join('\n    ')}\n`);
    marked.write('bin/ssh', ssh(marked.path('started')));
    chmodSync(marked.path('bin/ssh'), 0o755);
    const env = { PATH: `${marked.path('bin')}:${process.env['PATH']}` };
    const { code, stdout, stderr } = await marked.play([], { env });
    const missed = existsSync(ran) ? ['a word was run'] : [];
    if (code !== 4) missed.push(`${code}: ${stdout}${stderr}`);
    if (stdout.includes('\u001b')) missed.push('an escape reached the terminal');
    // What the client does by itself is asked of it, for no host.
    const own = ['-G', '-F', 'none', 'any'].join(' ');
    for (const line of startsOf(marked.path('started')).filter((each) => each.join(' ') !== own)) {
      const host = line.indexOf('--') + 1;
      const user = line.indexOf('-l') + 1;
      // The command of ours is the last word, and no other word can be an option.
      if (
        host !== line.length - 2 ||
        line[host]?.startsWith('-') ||
        (user > 0 && line[user]?.startsWith('-'))
      )
        missed.push(line.join(' '));
    }
    const tried = words.length * Object.keys(places).length;
    report(context, {
      fault: `hostile names, addresses and users of hosts: ${words.map(([name]) => name).join(', ')}`,
      promise:
        'refused, or given to ssh as the one word that it is; nothing of it is run, and its host alone is unreachable',
      tried,
      held: tried - missed.length,
      missed,
    });
  });

  test('with names of JavaScript, or with aliases without end, is refused', async (context) => {
    const names = ['__proto__', 'constructor'];
    const cases = [
      ...names.map((name) => `all:\n  hosts:\n    "${name}": {}\n`),
      ...names.map((name) => `all:\n  children:\n    "${name}": { hosts: { a: } }\n`),
      ...names.map((name) => `all:\n  hosts: { a: }\n  vars:\n    "${name}": { polluted: yes }\n`),
      bomb,
    ];
    const missed: string[] = [];
    for (const hosts of cases) {
      const before = process.memoryUsage().rss;
      const place = await refusalOf(hosts);
      const isBig = process.memoryUsage().rss - before > 200 * 1024 * 1024;
      if (!place?.match(/hosts\.yaml:\d+:\d+$/) || isBig || 'polluted' in {})
        missed.push(`${hosts}: ${place}`);
    }
    report(context, {
      fault: '`__proto__` and `constructor` as host, group and variable; a bomb of aliases',
      promise: 'refused with its place, at once and without memory',
      tried: cases.length,
      held: cases.length - missed.length,
      missed,
    });
  });

  test('with 20,000 hosts is listed within 256 MB', async (context) => {
    const project = projectWith('all:\n  hosts:\n    "node[00001:20000]": {}\n');
    const [node = '', program = ''] = project.command();
    const lists = [
      [...project.command('--list-hosts')],
      [...project.command('--list-tasks')],
      [node, program, 'inventory', '--list', '-i', 'hosts.yaml'],
    ];
    const ends = await Promise.all(
      lists.map((argv) => {
        const env = { NODE_OPTIONS: '--max-old-space-size=256' };
        return running(argv, project.folder, env).ended;
      }),
    );
    const held = ends.filter(({ code, stdout }) => code === 0 && stdout.length > 0);
    report(context, {
      fault: '20,000 hosts: `--list-hosts`, `--list-tasks`, `inventory --list`',
      promise: 'listed with 256 MB of memory',
      tried: lists.length,
      held: held.length,
      missed: ends.flatMap(({ code, stderr }) => (code === 0 ? [] : [`${code}: ${stderr}`])),
    });
  });
});

/** Each start's words. */
const startsOf = (path: string): readonly (readonly string[])[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => Buffer.from(line, 'base64').toString().split('\0').slice(0, -1));

/** Ten to the tenth values in a few lines. */
const bomb = [
  'all:',
  '  hosts: { a: }',
  '  vars:',
  '    x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]',
  ...Array.from({ length: 9 }, (_, at) => {
    const inner = Array.from({ length: 10 }, () => `*x${at}`).join(', ');
    return `    x${at + 1}: &x${at + 1} [${inner}]`;
  }),
].join('\n');
