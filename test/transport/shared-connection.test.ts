/** Connections that are kept for the next run: who may use them, and what becomes of dead ones. */
import { execFile } from 'node:child_process';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { secret } from '../../engine/secrets/secret.ts';
import { connectHost } from '../../engine/shell/session/host-connection.ts';
import { openTransport } from '../../engine/transport/open-transport.ts';
import { sharedConnection } from '../../engine/transport/shared-connection.ts';
import type { Connection } from '../../engine/transport/transport.ts';
import { ask, newRun, read } from './contract.ts';
import { startLink, type Link } from './link.ts';
import { processesWith, sweepFolders, until } from './processes.ts';
import { startSshd, type Sshd } from './sshd.ts';

const run = promisify(execFile);

let sshd: Sshd;
let link: Link;
/** Of one test: where sockets are made. */
let place: string;

beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(async () => {
  await sshd.stop();
  await sweepFolders();
});
beforeEach(async () => {
  link = await startLink(sshd.port);
  place = await mkdtemp(join(tmpdir(), 'keep-'));
  vi.stubEnv('XDG_RUNTIME_DIR', place);
  const known = await readFile(join(sshd.folder, 'known_hosts'), 'utf8');
  await writeFile(join(place, 'known'), known.replace(`:${sshd.port}`, `:${link.port}`));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  link.stop();
  for (const path of await sockets())
    await run('ssh', ['-O', 'exit', '-S', path, 'any']).catch(() => undefined);
  await rm(place, { recursive: true, force: true });
});

const through = (changes: Partial<Connection> = {}): Connection =>
  sshd.connection('openssh', {
    port: link.port,
    knownHostsFile: join(place, 'known'),
    connectionPersist: 30,
    ...changes,
  });

async function sockets(): Promise<string[]> {
  const names = await readdir(join(place, 'tsplay')).catch(() => []);
  return names.filter((name) => !name.startsWith('key')).map((name) => join(place, 'tsplay', name));
}

/** One run: connects, asks, ends. */
async function asked(connection: Connection): Promise<string> {
  const host = connectHost(connection, { runId: newRun() });
  try {
    return (await ask(await host.session(), read('echo here'))).stdout.toString();
  } finally {
    await host.close();
  }
}

it('serves the next runs without another connection, each with a shell of its own', async () => {
  for (let count = 0; count < 3; count += 1) expect(await asked(through())).toBe('here\n');
  expect(link.connections).toBe(1);
  const host = connectHost(through(), { runId: newRun() });
  await ask(await host.session(), read('cd /; X=1; export X'));
  await host.close();
  const other = connectHost(through(), { runId: newRun() });
  expect((await ask(await other.session(), read('echo "[$X]"'))).stdout.toString()).toBe('[]\n');
  await other.close();
});

it('is not kept where nobody asked for it', async () => {
  const { connectionPersist: _, ...plain } = through();
  for (const connection of [plain, through({ connectionPersist: 0 })]) {
    await asked(connection);
    await asked(connection);
  }
  expect(link.connections).toBe(4);
  expect(await sockets()).toEqual([]);
});

it('serves two sessions that begin at once', async () => {
  await Promise.all([asked(through()), asked(through())]);
  expect(await asked(through())).toBe('here\n');
  expect(link.connections).toBeLessThanOrEqual(2);
});

it('is another one for another user, key, key file or time to keep it', async () => {
  await asked(through());
  const other = join(place, 'key');
  await writeFile(other, await readFile(join(sshd.folder, 'key')), { mode: 0o600 });
  await asked(through({ privateKeyFile: other }));
  await asked(through({ connectionPersist: 20 }));
  await expect(asked(through({ user: 'nobody-at-all' }))).rejects.toThrow(/login was refused/);
  expect(link.connections).toBe(4);
});

it('does not reach a host whose key is known no more', async () => {
  await asked(through());
  await writeFile(join(place, 'known'), '');
  await expect(asked(through())).rejects.toThrow(/host key is unknown/);
});

it('is another one for another password, and its name says nothing of it', async () => {
  const nameFor = async (password: string): Promise<string> =>
    (await sharedConnection(through({ password: secret(password) }), ['x']))?.path ?? '';
  const right = await nameFor('right horse');
  expect(right).toBe(await nameFor('right horse'));
  expect(right).not.toBe(await nameFor('wrong horse'));
  vi.stubEnv('XDG_RUNTIME_DIR', join(place, 'elsewhere'));
  await mkdir(join(place, 'elsewhere'));
  expect((await nameFor('right horse')).split('/').at(-1)).not.toBe(right.split('/').at(-1));
});

it('begins anew where its socket was left by a program that was killed', async () => {
  await asked(through());
  const [path = ''] = await sockets();
  for (const line of await processesWith(path)) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
  await until(async () => (await processesWith(path)).length === 0);
  expect(await sockets()).toEqual([path]);
  expect(await asked(through())).toBe('here\n');
  expect(link.connections).toBe(2);
});

it('is forgotten once its link is lost', async () => {
  const host = connectHost(through(), { runId: newRun() });
  const session = await host.session();
  await ask(session, read('true'));
  link.cut();
  await expect(ask(session, read('echo x'))).rejects.toThrow(/was lost/);
  expect(await asked(through())).toBe('here\n');
  await host.close();
  expect(link.connections).toBe(2);
});

it('falls back to a connection of its own where sshd admits one session each', async () => {
  const narrow = await startSshd({ lines: ['MaxSessions 1'] });
  try {
    const connection = narrow.connection('openssh', { connectionPersist: 30 });
    const first = connectHost(connection, { runId: newRun() });
    await ask(await first.session(), read('true'));
    expect(await asked(connection)).toBe('here\n');
    await first.close();
  } finally {
    await narrow.stop();
  }
});

it('is not kept in a folder that others can enter, or that is a link', async () => {
  await mkdir(join(place, 'tsplay'));
  await chmod(join(place, 'tsplay'), 0o777);
  vi.stubEnv('TMPDIR', join(place, 'tmp'));
  await mkdir(join(place, 'tmp'));
  const folderOf = async (): Promise<string | undefined> => {
    const found = await sharedConnection(through(), ['x']);
    return found && dirname(found.path);
  };
  const own = join(place, 'tmp', `tsplay-${userInfo().uid}`);
  expect(await folderOf()).toBe(own);
  await rename(own, `${own}-moved`);
  await symlink(`${own}-moved`, own);
  expect(await folderOf()).toBeUndefined();
});

it('is forgotten with a session that was given up', async () => {
  const stream = await openTransport(through());
  stream.stdin.write('sleep 0.1\n');
  stream.kill();
  await until(async () => (await sockets()).length === 0);
});
