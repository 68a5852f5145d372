/** Whole runs one after another over a kept connection. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { nearHost, inventory, type NearHost } from '../faults/hosts/near-host.ts';
import { Project } from '../faults/project.ts';
import { startLink, type Link } from '../transport/link.ts';

vi.setConfig({ testTimeout: 60_000 });

let host: NearHost;
let link: Link;
let project: Project;
beforeAll(async () => {
  host = await nearHost();
});
afterAll(() => host.stop());
beforeEach(async () => {
  link = await startLink(host.port);
  const known = `sshArguments: [-o, 'HostKeyAlias=[127.0.0.1]:${host.port}']`;
  const line = host.line('h', `user: root, ${known}`);
  project = new Project({
    'hosts.yaml': inventory(
      line
        .replace(`port: ${host.port}`, `port: ${link.port}`)
        .replace('connectTimeout: 5', 'connectTimeout: 5, connectionPersist: 60'),
    ),
    'site.ts': `import { copy, play, playbook } from 'tsplay';
export default playbook([play({ name: 'p', hosts: 'all', *tasks() {
  yield copy('made', { content: process.env.CONTENT ?? 'x', dest: '/run/tsplay/kept' });
} })]);
`,
  });
  mkdirSync(project.path('run'), { mode: 0o700 });
});
afterEach(async () => {
  const folder = project.path('run', 'tsplay');
  for (const name of readdirSync(folder).filter((each) => !each.startsWith('key')))
    execFileSync('ssh', ['-O', 'exit', '-S', `${folder}/${name}`, 'any'], { stdio: 'ignore' });
  link.stop();
  await project.remove();
});

const play = (content = 'x', flags: readonly string[] = []) =>
  project.play(flags, { env: { XDG_RUNTIME_DIR: project.path('run'), CONTENT: content } });

test('check, run and check again make one connection, each with its own answer', async () => {
  const ended = [await play('one', ['--check']), await play('one'), await play('one', ['--check'])];
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(
    ended.map(({ stdout }) => /^(\d+) (?:would change|changed)/m.exec(stdout)?.[1] ?? stdout),
  ).toEqual(['1', '1', '0']);
  expect(link.connections).toBe(1);
});

test('one that died unnoticed costs a few seconds and no error', async () => {
  await play('one');
  link.freeze();
  const running = play('two');
  setTimeout(() => link.thaw(), 2500);
  const { code, stdout, stderr } = await running;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).not.toMatch(/lost|unreachable/);
  expect(link.connections).toBe(2);
});

test('one that was cut meanwhile is made anew at once', async () => {
  await play('one');
  link.cut();
  const { code, stderr } = await play('two');
  expect([code, stderr]).toEqual([0, '']);
  expect(link.connections).toBe(2);
});
