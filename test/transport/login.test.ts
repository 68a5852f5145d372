import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectHost } from '../../engine/shell/session/host-connection.ts';
import { Secret } from '../../engine/secrets/secret.ts';
import { openTransport } from '../../engine/transport/open-transport.ts';
import type { Connection } from '../../engine/transport/transport.ts';
import { ask, newRun, read, step } from './contract.ts';
import { processesWith } from './processes.ts';
import { startSshd, type Sshd } from './sshd.ts';
import { addUser, type TestUser } from './user.ts';

let sshd: Sshd;
let user: TestUser;

beforeAll(async () => {
  [sshd, user] = await Promise.all([startSshd(), addUser('login')]);
}, 30_000);
afterAll(async () => {
  await sshd.stop();
  await user.remove();
});

const withPassword = (transport: 'openssh' | 'node-ssh', password: string): Connection => {
  const { privateKeyFile: _key, ...connection } = sshd.connection(transport, { user: user.name });
  return { ...connection, password: new Secret(password) };
};

describe.each(['openssh', 'node-ssh'] as const)(
  'logging in with a password over %s',
  (transport) => {
    it('logs in, and the password is in no argument, environment or file', async () => {
      const before = (await readdir(tmpdir())).filter((name) => name.startsWith('play-askpass-'));
      const host = connectHost(withPassword(transport, user.password), { runId: newRun() });
      const session = await host.session();
      expect((await ask(session, read('id -un'))).stdout.toString()).toBe(`${user.name}\n`);
      expect(session.user).toBe(user.name);
      expect(await processesWith(user.password)).toEqual([]);
      for (const line of await processesWith('ssh -T')) {
        const environment = await readFile(`/proc/${line.split(' ')[0]}/environ`, 'utf8').catch(
          () => '',
        );
        expect(environment).not.toContain(user.password);
      }
      const after = (await readdir(tmpdir())).filter((name) => name.startsWith('play-askpass-'));
      expect(after.filter((name) => !before.includes(name))).toEqual([]);
      await host.close();
    }, 20_000);

    it('says at once that a password is wrong', async () => {
      const opened = openTransport(withPassword(transport, 'wrong'));
      await expect(opened).rejects.toThrow('the login was refused');
    }, 20_000);
  },
);

describe.each(['/bin/bash', '/bin/dash', '/usr/bin/zsh', '/usr/bin/fish'])(
  'a user whose login shell is %s',
  (shell) => {
    it.skipIf(!existsSync(shell))(
      'prints what it likes without disturbing answers',
      async () => {
        await user.shell(shell);
        const noise = 'echo noise on stdout; echo noise on stderr >&2; printf half\n';
        for (const name of ['.bashrc', '.profile', '.zshenv', '.zshrc', '.config/fish/config.fish'])
          await user.file(name, noise);
        for (const transport of ['openssh', 'node-ssh'] as const) {
          const host = connectHost(sshd.connection(transport, { user: user.name }), {
            runId: newRun(),
          });
          const session = await host.session();
          const replies = await Promise.all(
            session.exchange([read('printf a; printf b >&2'), step('printf c; printf d >&2')]),
          );
          expect(
            replies.map((reply) => `${reply.stdout.toString()}|${reply.stderr.toString()}`),
          ).toEqual(['a|b', 'c|d']);
          await host.close();
        }
      },
      30_000,
    );
  },
);

describe('a user without a shell', () => {
  it('is refused with what the host said', async () => {
    await user.shell('/usr/sbin/nologin');
    const host = connectHost(sshd.connection('openssh', { user: user.name }), { runId: newRun() });
    const session = await host.session();
    await expect(ask(session, read('true'))).rejects.toThrow(/gave no shell: .*not available/);
    await host.close();
  });
});

describe('a pre-login banner', () => {
  it('is discarded', async () => {
    const other = await startSshd({ lines: ['Banner /etc/passwd'] });
    for (const transport of ['openssh', 'node-ssh'] as const) {
      const host = connectHost(other.connection(transport), { runId: newRun() });
      const reply = await ask(await host.session(), read('printf x'));
      expect([reply.stdout.toString(), reply.stderr.toString()]).toEqual(['x', '']);
      await host.close();
    }
    await other.stop();
  }, 20_000);
});

describe('a jump host', () => {
  it('is passed through by openssh, and refused by node-ssh', async () => {
    // The jump itself reads ~/.ssh/config only; a ProxyCommand carries the same key and port.
    const jump = `ssh -F none -i ${sshd.folder}/key -o UserKnownHostsFile=${sshd.folder}/known_hosts -p ${sshd.port} -W %h:%p root@127.0.0.1`;
    const connection = sshd.connection('openssh', { sshArguments: ['-o', `ProxyCommand=${jump}`] });
    const host = connectHost(connection, { runId: newRun() });
    expect((await ask(await host.session(), read('echo far'))).stdout.toString()).toBe('far\n');
    await host.close();
    const refused = openTransport(sshd.connection('node-ssh', { proxyJump: 'bastion' }));
    await expect(refused).rejects.toThrow('node-ssh knows no proxyJump');
    const unknown = openTransport(
      sshd.connection('openssh', { proxyJump: 'no-such-jump.invalid' }),
    );
    await expect(unknown).rejects.toThrow('its name is unknown');
  }, 20_000);
});

describe('a machine without an ssh client', () => {
  it('connects through node-ssh where nothing needs OpenSSH, and says so where something does', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      const host = connectHost(sshd.connection('openssh'), { runId: newRun() });
      expect((await ask(await host.session(), read('echo far'))).stdout.toString()).toBe('far\n');
      await host.close();
      const jump = openTransport(sshd.connection('openssh', { proxyJump: 'bastion' }));
      await expect(jump).rejects.toThrow('there is no ssh client here');
    } finally {
      process.env['PATH'] = path;
    }
  });
});
