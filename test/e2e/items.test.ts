/** Steps made behind facts, and for the items of a result, on real hosts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { down, type Lab } from '../../lab/index.ts';
import { connectionVariables, labFor, onHost } from './lab.ts';
import { runPlay } from './run-play.ts';

const name = 'items';
let lab: Lab;
let folder: string;
beforeAll(async () => {
  lab = await labFor(name, 2);
  folder = await mkdtemp(join(tmpdir(), 'items-'));
  const hosts = Object.fromEntries(lab.hosts.map((host) => [host.name, { host: host.address }]));
  await writeFile(
    join(folder, 'hosts.yaml'),
    stringify({ all: { vars: connectionVariables(lab), hosts } }),
  );
  await writeFile(join(folder, 'site.ts'), site);
});
afterAll(async () => {
  await down({ name });
  await rm(folder, { recursive: true, force: true });
});

const site = `import { command, copy, each, file, handler, play, playbook, query, user } from 'tsplay';
const tools = { debian: ['less', 'file'], redhat: ['less'] } as const;
export default playbook([play({
  name: 'accounts',
  hosts: 'all',
  gather: 'first',
  *tasks({ facts, host }) {
    yield file('folder', { path: '/srv/app', state: 'directory' });
    const { family } = facts.os;
    if (family !== 'debian' && family !== 'redhat') throw new Error(\`no tools for \${family}\`);
    for (const tool of tools[family])
      yield copy(\`tool \${tool}\`, { dest: \`/srv/app/\${tool}\`, content: \`\${facts.os.id}\\n\` });
    const reload = handler(command('reload', { argv: ['sh', '-c', 'echo reload >> /srv/app/log'] }));
    const names = host.name === 'items1' ? 'ada\\nbob\\n' : 'ada\\n';
    yield copy('names', { dest: '/srv/app/names', content: names });
    const listed = query('listed', { argv: ['cat', '/srv/app/names'], scope: 'host', codes: 'any' });
    yield listed;
    yield each('accounts', (run) => run.result(listed).stdoutLines.filter(Boolean), function* (who) {
      yield user('account', { name: who });
      yield file('folder of it', { path: \`/srv/app/\${who}\`, state: 'directory', owner: who });
    }, { notify: reload });
    yield copy('behind', { dest: '/srv/app/behind', content: 'x' });
  },
})]);
`;

const run = (...flags: readonly string[]) =>
  runPlay(['site.ts', '-i', 'hosts.yaml', ...flags], { cwd: folder });

test('check says unknown for the items that are not known, and for what follows', async () => {
  const checked = await run('--check');
  expect(checked.exitCode).toBe(0);
  expect(checked.of('unknown')).toEqual(
    ['items1', 'items2'].flatMap((host) =>
      ['accounts', 'behind', 'reload'].map((step) => `${host} accounts/${step}`),
    ),
  );
});

test('a run makes accounts for the items of each host, and reloads once', async () => {
  const ran = await run();
  expect(ran.exitCode).toBe(0);
  const made = ran.of('changed').filter((step) => step.includes('['));
  expect(made).toEqual(
    ['items1 ada', 'items1 bob', 'items2 ada']
      .flatMap((each) => {
        const [host, who] = each.split(' ');
        return ['account', 'folder of it'].map(
          (step) => `${host} accounts/accounts[${who}]/${step}`,
        );
      })
      .toSorted(),
  );
  const seen = await onHost(
    lab,
    'items1',
    'stat -c %U /srv/app/bob; cat /srv/app/log /srv/app/file',
  );
  expect(seen.trim()).toBe('bob\nreload\ndebian');
});

test('an unchanged run costs the facts, and two round trips for what its query answers', async () => {
  const again = await run();
  expect(again.of('changed')).toEqual([]);
  for (const host of ['items1', 'items2']) expect(again.recap[host]?.counters.roundTrips).toBe(3);
  const checked = await run('--check', '--exit-code');
  expect(checked.exitCode).toBe(0);
});
