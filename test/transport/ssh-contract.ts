/** What the two ssh transports have to stand besides the contract: keys, links, bursts. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InventoryError, UnreachableError } from '../../engine/errors.ts';
import { connectHost } from '../../engine/shell/session/host-connection.ts';
import { openTransport } from '../../engine/transport/open-transport.ts';
import type { Connection } from '../../engine/transport/transport.ts';
import { ask, newRun, read, step, transportContract } from './contract.ts';
import { startLink, type Link } from './link.ts';
import { processesWith, sweepFolders, until } from './processes.ts';
import { freePort, startSshd, type Sshd } from './sshd.ts';

const run = promisify(execFile);

export function sshContract(transport: 'openssh' | 'node-ssh'): void {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  }, 30_000);
  afterAll(async () => {
    await sshd.stop();
    await sweepFolders();
  });

  transportContract({ name: transport, connection: () => sshd.connection(transport) });

  const failure = async (changes: Partial<Connection>): Promise<UnreachableError> => {
    const opened = openTransport(sshd.connection(transport, changes));
    const error: unknown = await opened.then(
      (stream) => stream.kill(),
      (reason: unknown) => reason,
    );
    if (!(error instanceof UnreachableError))
      throw new Error(`no UnreachableError: ${String(error)}`);
    return error;
  };

  describe(`host keys over ${transport}`, () => {
    it('refuses a host key that is unknown, and says how to add it', async () => {
      const empty = join(sshd.folder, 'nothing_known');
      await writeFile(empty, '');
      const error = await failure({ knownHostsFile: empty });
      expect(error.message).toContain('its host key is unknown');
      expect(error.hint).toContain('ssh-keyscan');
      expect(await readFile(empty, 'utf8')).toBe('');
    });

    it('refuses a host key that has changed, even with accept-new', async () => {
      const other = join(sshd.folder, 'other_host_key');
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
      const [type, key] = (await readFile(`${other}.pub`, 'utf8')).split(' ');
      const wrong = join(sshd.folder, 'wrong_known');
      await writeFile(wrong, `[127.0.0.1]:${sshd.port} ${type} ${key}\n`);
      for (const hostKeyChecking of ['strict', 'accept-new'] as const) {
        const error = await failure({ knownHostsFile: wrong, hostKeyChecking });
        expect(error.message).toContain('its host key has changed');
        expect(error.hint).toContain('ssh-keygen -R');
      }
    });

    it('accepts a hashed entry, and a new key once where that is allowed', async () => {
      const hashed = join(sshd.folder, 'hashed_known');
      await writeFile(hashed, await readFile(join(sshd.folder, 'known_hosts')));
      await run('ssh-keygen', ['-q', '-H', '-f', hashed]);
      expect(await readFile(hashed, 'utf8')).toMatch(/^\|1\|/);
      (await openTransport(sshd.connection(transport, { knownHostsFile: hashed }))).kill();
      const fresh = join(sshd.folder, `fresh_${transport}`);
      const first = { knownHostsFile: fresh, hostKeyChecking: 'accept-new' } as const;
      (await openTransport(sshd.connection(transport, first))).kill();
      (await openTransport(sshd.connection(transport, { knownHostsFile: fresh }))).kill();
    });
  });

  describe(`hosts that cannot be reached over ${transport}`, () => {
    it('names the cause: wrong key, no sshd, no such name, no route, no answer', async () => {
      const stranger = join(sshd.folder, `stranger_${transport}`);
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
      const silent = createServer(() => undefined);
      const port = await new Promise<number>((resolve) => {
        silent.listen(0, '127.0.0.1', () => {
          const address = silent.address();
          resolve(typeof address === 'object' && address ? address.port : 0);
        });
      });
      const [login, refused, name, timeout] = await Promise.all([
        failure({ privateKeyFile: stranger }),
        failure({ port: await freePort() }),
        failure({ host: 'no-such-host.invalid' }),
        failure({ port, connectTimeout: 1 }),
      ]);
      silent.close();
      expect(login.message).toContain('the login was refused');
      expect(refused.message).toContain('the connection was refused');
      expect(name.message).toContain('its name is unknown');
      expect(timeout.message).toContain('did not answer in time');
      for (const error of [login, refused, name, timeout]) expect(error.hint).toBeTruthy();
    }, 20_000);

    it('stops trying when it is told to', async () => {
      const silent = createServer(() => undefined);
      const port = await freePort();
      await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
      const stop = new AbortController();
      const opened = openTransport(sshd.connection(transport, { port }), stop.signal);
      setTimeout(() => stop.abort(), 200);
      await expect(opened).rejects.toThrow(UnreachableError);
      silent.close();
    });
  });

  describe(`links that break over ${transport}`, () => {
    let link: Link;
    beforeAll(async () => {
      link = await startLink(sshd.port);
    });
    afterAll(() => link.stop());

    const through = async (): Promise<Connection> => {
      const known = join(sshd.folder, `link_${transport}`);
      const entry = await readFile(join(sshd.folder, 'known_hosts'), 'utf8');
      await writeFile(known, entry.replace(`:${sshd.port}`, `:${link.port}`));
      return sshd.connection(transport, { port: link.port, knownHostsFile: known });
    };

    it('tells of a loss in the middle of a read, and ends the step on the host', async () => {
      const host = connectHost(await through(), { runId: newRun() });
      const session = await host.session();
      const mark = `89${Math.floor(Math.random() * 1e6)}`;
      const replies = session.exchange([step(`sleep ${mark}; echo done`), read('echo next')]);
      await until(async () => (await processesWith(`sleep ${mark}`)).length > 0);
      link.cut();
      for (const reply of replies) await expect(reply).rejects.toThrow(UnreachableError);
      await until(async () => (await processesWith(`sleep ${mark}`)).length === 0);
      await host.close();
    }, 20_000);

    it('survives a reset while nothing happens, and says so at the next request', async () => {
      const host = connectHost(await through(), { runId: newRun() });
      const session = await host.session();
      await ask(session, read('true'));
      link.reset();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await expect(ask(session, read('echo x'))).rejects.toThrow(/the connection to .* was lost/);
      const again = await host.session();
      expect((await ask(again, read('echo again'))).stdout.toString()).toBe('again\n');
      await host.close();
    });

    it('finds records of ended steps after a loss, and ends what still runs', async () => {
      const options = { runId: newRun(), name: 'web1' };
      const first = connectHost(await through(), options);
      const session = await first.session();
      const mark = `90${Math.floor(Math.random() * 1e6)}`;
      const flag = join(sshd.folder, `ended_${transport}`);
      // The link is frozen, so the reply of the first step never arrives: only its record is left.
      await ask(session, read('true', 5));
      const replies = session.exchange([
        step(`sleep 0.5; echo out; echo err >&2; touch ${flag}; exit 5`, { id: 'ended' }),
        step(`trap '' TERM; sleep ${mark}`, { id: 'running' }),
      ]);
      link.freeze();
      await until(async () => (await processesWith(`sleep ${mark}`)).length > 0);
      await first.close();
      link.thaw();
      for (const reply of replies) await expect(reply).rejects.toThrow(UnreachableError);
      const second = connectHost(await through(), options);
      const records = await (await second.session()).records();
      expect([...records.keys()]).toEqual(['ended']);
      const record = records.get('ended');
      expect([record?.code, record?.stdout.toString(), record?.stderr.toString()]).toEqual([
        5,
        'out\n',
        'err\n',
      ]);
      expect(await processesWith(`sleep ${mark}`)).toEqual([]);
      await second.close();
    }, 40_000);
  });

  describe(`bursts and options over ${transport}`, () => {
    it('connects forty times at once to one sshd with default MaxStartups', async () => {
      const hosts = Array.from({ length: 40 }, (_, index) =>
        connectHost(sshd.connection(transport), { runId: newRun(), name: `host${index}` }),
      );
      const answers = await Promise.all(
        hosts.map(async (host, index) => ask(await host.session(), read(`echo ${index}`))),
      );
      expect(answers.map((reply) => Number(reply.stdout))).toEqual([...hosts.keys()]);
      await Promise.all(hosts.map((host) => host.close()));
    }, 120_000);

    it('tries again when sshd closes the connection before the login', async () => {
      const link = await startLink(sshd.port);
      link.refuseNext(2);
      const known = join(sshd.folder, `retry_${transport}`);
      const entry = await readFile(join(sshd.folder, 'known_hosts'), 'utf8');
      await writeFile(known, entry.replace(`:${sshd.port}`, `:${link.port}`));
      const changes = { port: link.port, knownHostsFile: known };
      (await openTransport(sshd.connection(transport, changes))).kill();
      expect(link.connections).toBe(3);
      link.stop();
    }, 20_000);

    it('refuses a host that ssh would take for an option', async () => {
      if (transport !== 'openssh') return;
      const strange = sshd.connection(transport, { host: '-oProxyCommand=touch /tmp/pwned' });
      await expect(openTransport(strange)).rejects.toThrow(InventoryError);
    });
  });
}
