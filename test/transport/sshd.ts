/** A private sshd on loopback, with keys of its own, for the tests of the transports. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile, chmod, mkdir } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Connection } from '../../engine/transport/transport.ts';

const run = promisify(execFile);
const program = '/usr/sbin/sshd';

export interface Sshd {
  readonly port: number;
  readonly folder: string;
  readonly pid: number;
  /** What reaches it with its key known. */
  connection(transport: 'openssh' | 'node-ssh', changes?: Partial<Connection>): Connection;
  log(): Promise<string>;
  stop(): Promise<void>;
}

export interface SshdOptions {
  /** Further lines of sshd_config, before ours. */
  readonly lines?: readonly string[];
  /** The words that run a command where it is to run, as those of `privatePlaces`. */
  readonly within?: readonly string[];
  /** Where its files lie; default: the folder for temporary files. */
  readonly base?: string;
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  if (!existsSync(program))
    throw new Error(`${program} is missing: apt-get install openssh-server (it need not run)`);
  const folder = await mkdtemp(join(options.base ?? tmpdir(), 'play-sshd-'));
  await chmod(folder, 0o755);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'host_key')]);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
  await writeFile(join(folder, 'authorized_keys'), await readFile(join(folder, 'key.pub')));
  const port = await freePort();
  const hostKey = (await readFile(join(folder, 'host_key.pub'), 'utf8')).split(' ');
  await writeFile(
    join(folder, 'known_hosts'),
    `[127.0.0.1]:${port} ${hostKey[0]} ${hostKey[1]?.trim()}\n`,
  );
  const lines = [
    ...(options.lines ?? []),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host_key`,
    `PidFile ${folder}/pid`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    'PermitRootLogin yes',
    'UsePAM no',
    'StrictModes no',
    'LogLevel VERBOSE',
  ];
  await writeFile(join(folder, 'sshd_config'), `${lines.join('\n')}\n`);
  await mkdir('/run/sshd', { recursive: true });
  const words = [program, '-D', '-f', `${folder}/sshd_config`, '-E', `${folder}/log`];
  const [first = program, ...more] = [...(options.within ?? []), ...words];
  const child = spawn(first, more, { stdio: 'inherit' });
  const log = async (): Promise<string> => readFile(join(folder, 'log'), 'utf8').catch(() => '');
  await listening(child, port).catch(async (error: unknown) => {
    throw new Error(`sshd did not start: ${await log()}`, { cause: error });
  });
  return {
    port,
    folder,
    pid: child.pid ?? 0,
    connection: (transport, changes = {}) => ({
      transport,
      host: '127.0.0.1',
      port,
      user: 'root',
      privateKeyFile: join(folder, 'key'),
      knownHostsFile: join(folder, 'known_hosts'),
      connectTimeout: 5,
      ...changes,
    }),
    log,
    async stop() {
      child.kill('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('error', () => resolve(false));
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
    });
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not listen within 5 s');
}
