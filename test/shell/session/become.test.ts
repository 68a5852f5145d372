import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlayError, StepError, UnreachableError } from '../../../engine/errors.ts';
import { becomeRefused } from '../../../engine/shell/session/become.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { connectHost, type HostConnection } from '../../../engine/shell/session/host-connection.ts';
import { sh } from '../../../engine/shell/script.ts';
import { Secret } from '../../../engine/secrets/secret.ts';
import type { Become } from '../../../engine/transport/transport.ts';
import { ask, newRun, read, step } from '../../transport/contract.ts';
import { processesWith, sweepFolders, until } from '../../transport/processes.ts';
import { startSshd, type Sshd } from '../../transport/sshd.ts';
import { addUser, type TestUser } from '../../transport/user.ts';

let sshd: Sshd;
let user: TestUser;
let other: TestUser;

beforeAll(async () => {
  sshd = await startSshd();
  user = await addUser('become');
  other = await addUser('other');
}, 30_000);
afterAll(async () => {
  await sshd.stop();
  await user.remove();
  await other.remove();
  await sweepFolders();
});

const as = (name: string, more: Partial<Become> = {}): Become => ({
  method: 'sudo',
  user: name,
  ...more,
});

async function withHost<T>(login: string, use: (host: HostConnection) => Promise<T>): Promise<T> {
  const host = connectHost(sshd.connection('openssh', { user: login }), { runId: newRun() });
  try {
    return await use(host);
  } finally {
    await host.close();
  }
}

async function works(host: HostConnection, become: Become): Promise<void> {
  const session = await host.session(become);
  const content = contentOf(Buffer.alloc(200_000, 'z'));
  const replies = await Promise.all(
    session.exchange([
      read('id -un; printf %s "$HOME" >&2'),
      step('id -un; cat', { stdin: Buffer.from([0, 13, 10, 255]) }),
      step('', { script: sh`${content} | sha256sum` }),
      read('echo end'),
    ]),
  );
  const home = become.user === 'root' ? '/root' : `/home/${become.user}`;
  expect(replies[0]?.stdout.toString()).toBe(`${become.user}\n`);
  expect(replies[0]?.stderr.toString()).toBe(home);
  expect(replies[1]?.stdout.subarray(-4)).toEqual(Buffer.from([0, 13, 10, 255]));
  expect(replies[2]?.stdout.toString()).toBe(`${content.digest}  -\n`);
  expect(replies[3]?.stdout.toString()).toBe('end\n');
  expect(session.user).toBe(become.user);
}

describe('sudo without a password', () => {
  it('becomes root and any other user, with no round trip more than a plain session', async () => {
    await user.sudoers([`${user.name} ALL=(ALL) NOPASSWD: ALL`]);
    await withHost(user.name, async (host) => {
      await works(host, as('root'));
      await works(host, as(other.name));
    });
    await withHost(user.name, async (host) => {
      const session = await host.session(as('root'));
      await Promise.all(session.exchange([read('true'), read('true')]));
      expect(session.counters.roundTrips).toBe(1);
    });
  }, 20_000);

  it('sends nothing ahead of the first answer, and everything after it', async () => {
    await user.sudoers([`${user.name} ALL=(ALL) NOPASSWD: ALL`]);
    await withHost(user.name, async (host) => {
      const session = await host.session(as('root'));
      const replies = await Promise.all(
        Array.from({ length: 20 }, (_, index) => ask(session, read(`echo ${index}`))),
      );
      expect(replies.map((reply) => Number(reply.stdout))).toEqual([...replies.keys()]);
    });
  });

  it('opens no sudo to become who logged in', async () => {
    await user.sudoers([]);
    await withHost(user.name, async (host) => {
      expect(await host.session(as(user.name))).toBe(await host.session());
    });
    // The login name may come from ~/.ssh/config: then the host itself says that they are one.
    const connection = sshd.connection('openssh', { user: user.name });
    const { user: _user, ...nameless } = connection;
    const host = connectHost({ ...nameless, sshArguments: ['-l', user.name] }, { runId: newRun() });
    const session = await host.session(as(user.name));
    expect((await ask(session, read('id -un'))).stdout.toString()).toBe(`${user.name}\n`);
    expect(await host.session()).toBe(session);
    await host.close();
  });

  it('says that a password is needed, that one may not, that there is no such user', async () => {
    await user.sudoers([`${user.name} ALL=(ALL) ALL`]);
    await withHost(user.name, async (host) => {
      const needed = ask(await host.session(as('root')), read('id'));
      await expect(needed).rejects.toThrow(StepError);
      await expect(needed).rejects.toThrow(/cannot become root on .* a password is needed/);
    });
    await user.sudoers([`${user.name} ALL=(${other.name}) NOPASSWD: ALL`]);
    await withHost(user.name, async (host) => {
      const refused = ask(await host.session(as('root')), read('id'));
      await expect(refused).rejects.toThrow(/cannot become root/);
    });
    await user.sudoers([`${user.name} ALL=(ALL) NOPASSWD: ALL`]);
    await withHost(user.name, async (host) => {
      const nobody = ask(await host.session(as('nosuchuser')), read('id'));
      await expect(nobody).rejects.toThrow('there is no such user');
    });
  }, 20_000);

  it('ends steps of the other user when the connection is lost', async () => {
    await user.sudoers([`${user.name} ALL=(ALL) NOPASSWD: ALL`]);
    const mark = `91${Math.floor(Math.random() * 1e6)}`;
    await withHost(user.name, async (host) => {
      for (const name of ['root', other.name]) {
        const reply = (await host.session(as(name))).exchange([step(`sleep ${mark}`)]);
        await until(async () => (await processesWith(`sleep ${mark}`)).length > 0);
        const [ssh] = (await processesWith(`-l ${user.name} -- `)).filter((line) =>
          line.includes(`-p ${sshd.port} `),
        );
        process.kill(Number(ssh?.split(' ')[0]), 'SIGKILL');
        await expect(reply[0]).rejects.toThrow(/was lost/);
        await until(async () => (await processesWith(`sleep ${mark}`)).length === 0);
      }
    });
  }, 30_000);
});

describe('sudo with a password', () => {
  it('becomes root and another user', async () => {
    await user.sudoers([`${user.name} ALL=(ALL) ALL`]);
    await withHost(user.name, async (host) => {
      await works(host, as('root', { password: new Secret(user.password) }));
      await works(host, as(other.name, { password: new Secret(user.password) }));
      expect(await processesWith(user.password)).toEqual([]);
    });
  }, 20_000);

  it('says at once that the password is wrong', async () => {
    await user.sudoers([`${user.name} ALL=(ALL) ALL`]);
    await withHost(user.name, async (host) => {
      const started = performance.now();
      const opened = host.session(as('root', { password: new Secret('wrong') }));
      await expect(opened).rejects.toThrow('the password is wrong');
      expect(performance.now() - started).toBeLessThan(30_000);
    });
  }, 20_000);

  it('lets nobody on the host forge an answer with what the arguments of sudo show', async () => {
    await user.sudoers([`${user.name} ALL=(ALL) ALL`]);
    await withHost(user.name, async (host) => {
      const session = await host.session(as('root', { password: new Secret(user.password) }));
      const [sudo] = await processesWith('open\\n');
      const [, first, second] = /open\\n' ([0-9a-f]+) ([0-9a-f]+)/.exec(sudo ?? '') ?? [];
      expect(first).toMatch(/^[0-9a-f]{16}$/);
      const forged = `printf '%s end %s 0 \\n' ${first}${second} 1; echo true; exit 3`;
      for (const request of [step(forged), read(forged)]) {
        const reply = await ask(session, request);
        expect([reply.code, reply.stdout.toString()]).toEqual([
          3,
          `${first}${second} end 1 0 \ntrue\n`,
        ]);
      }
    });
  }, 20_000);

  it('does not write the password where sudo needs none', async () => {
    await user.sudoers([`${user.name} ALL=(ALL) NOPASSWD: ALL`]);
    await withHost(user.name, async (host) => {
      const session = await host.session(
        as('root', { password: new Secret('touch /tmp/tsplay-password-ran') }),
      );
      const reply = await ask(session, read('test -e /tmp/tsplay-password-ran; echo $?'));
      expect(reply.stdout.toString()).toBe('1\n');
    });
  });
});

describe('a login shell that is none', () => {
  it.each(['/usr/sbin/nologin', '/bin/false'])(
    '%s makes the host unreachable, and is no refusal of sudo',
    async (shell) => {
      await user.sudoers([`${user.name} ALL=(ALL) NOPASSWD: ALL`]);
      await user.shell(shell);
      try {
        await withHost(user.name, async (host) => {
          const plain = async () => ask(await host.session(as('root')), read('id'));
          await expect(plain()).rejects.toThrow(UnreachableError);
          await expect(plain()).rejects.toThrow(/gave no shell/);
          const opened = host.session(as('root', { password: new Secret(user.password) }));
          await expect(opened).rejects.toThrow(UnreachableError);
          await expect(opened).rejects.toThrow(/gave no shell/);
        });
      } finally {
        await user.shell('/bin/sh');
      }
    },
    30_000,
  );
});

describe('sudoers that want a terminal', () => {
  it('are recognised and named', async () => {
    await user.sudoers([
      `Defaults:${user.name} requiretty`,
      `${user.name} ALL=(ALL) NOPASSWD: ALL`,
    ]);
    await withHost(user.name, async (host) => {
      const plain = ask(await host.session(as('root')), read('id'));
      await expect(plain).rejects.toThrow('requiretty');
      const opened = host.session(as('root', { password: new Secret(user.password) }));
      await expect(opened).rejects.toThrow('requiretty');
    });
  }, 20_000);

  it('work with use_pty, which is Debian’s default', async () => {
    await user.sudoers([`Defaults:${user.name} use_pty`, `${user.name} ALL=(ALL) NOPASSWD: ALL`]);
    await withHost(user.name, (host) => works(host, as('root')));
    await user.sudoers([`Defaults:${user.name} use_pty`, `${user.name} ALL=(ALL) ALL`]);
    await withHost(user.name, (host) =>
      works(host, as('root', { password: new Secret(user.password) })),
    );
  }, 20_000);
});

describe('a login shell that ends', () => {
  it('is named by what it said, and ssh’s own words are no reason', async () => {
    await user.sudoers([`${user.name} ALL=(ALL) NOPASSWD: ALL`]);
    await user.shell('/usr/sbin/nologin');
    try {
      for (const more of [{}, { password: new Secret('x') }]) {
        await withHost(user.name, async (host) => {
          const opened = host.session(as('root', more)).then((session) => ask(session, read('id')));
          await expect(opened).rejects.toThrow(
            'gave no shell: This account is currently not available.',
          );
        });
      }
    } finally {
      await user.shell('/bin/sh');
    }
  }, 20_000);
});

describe('becomeRefused', () => {
  const chatter =
    'Transferred: sent 2048, received 1024 bytes\nBytes per second: sent 71641.8, received 1';

  it('gives the line that says why, not what ssh said behind it', () => {
    const said = `sudo: sorry, you must have a tty to run sudo\n${chatter}`;
    const { message } = becomeRefused('h', as('root'), said);
    expect(message).toBe(
      'cannot become root on h through sudo: sudo wants a terminal (requiretty) (sudo: sorry, you must have a tty to run sudo)',
    );
    expect(becomeRefused('h', as('root'), chatter).message).toContain('sudo gave no reason');
  });
});

describe('su and doas', () => {
  it('lets root become another user through su', async () => {
    await withHost('root', (host) => works(host, as(other.name, { method: 'su' })));
  });

  it('fails and does not hang where su wants a password', async () => {
    await withHost(user.name, async (host) => {
      const reply = ask(await host.session(as('root', { method: 'su' })), read('id'));
      await expect(reply).rejects.toThrow(/cannot become root on .* through su/);
    });
  }, 20_000);

  it('is refused with a password before anything is sent', async () => {
    await withHost('root', async (host) => {
      for (const method of ['su', 'doas'] as const) {
        const opened = host.session(as(other.name, { method, password: new Secret('x') }));
        await expect(opened).rejects.toThrow(PlayError);
        await expect(opened).rejects.toThrow(`${method} cannot be given a password`);
      }
    });
  });

  it('names a program that is missing on the host', async () => {
    await withHost(user.name, async (host) => {
      const reply = ask(await host.session(as('root', { method: 'doas' })), read('id'));
      await expect(reply).rejects.toThrow('the program is missing on the host');
    });
  });
});
