import { mkdir, readFile, rm, stat, symlink, chown, chmod } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlayError, UnreachableError } from '../../../engine/errors.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { connectHost, type HostConnection } from '../../../engine/shell/session/host-connection.ts';
import { contained, rawScript, sh } from '../../../engine/shell/script.ts';
import type { Session } from '../../../engine/shell/session/session.ts';
import { fakeLink } from '../../../engine/transport/fake.ts';
import { ask, newRun, read, step } from '../../transport/contract.ts';
import { processesWith, sweepFolders, until } from '../../transport/processes.ts';

let host: HostConnection;
let session: Session;

beforeAll(async () => {
  host = connectHost({ transport: 'local', host: 'localhost' }, { runId: newRun() });
  session = await host.session();
});
afterAll(async () => {
  await host.close();
  await sweepFolders();
});

const folderOf = async (of: Session): Promise<string> =>
  (await ask(of, step('dirname "$0"'))).stdout.toString().trim();

describe('cost', () => {
  it('of a step is one write and one answer', async () => {
    await ask(session, step('true'));
    const before = session.counters.roundTrips;
    for (let index = 0; index < 10; index += 1) await ask(session, step('true'));
    expect(session.counters.roundTrips - before).toBe(10);
  });

  it('sends the functions for steps only when there is a step', async () => {
    const link = fakeLink('thrifty', {});
    const other = connectHost({ transport: 'fake', host: 'thrifty' }, { runId: newRun() });
    const own = await other.session();
    await ask(own, read('true'));
    expect(own.counters.bytesUp).toBeLessThan(1200);
    expect(own.counters.bytesUp).toBe(link.bytesUp);
    await ask(own, step('true'));
    const once = own.counters.bytesUp;
    await ask(own, step('true'));
    expect(own.counters.bytesUp - once).toBeLessThan(400);
    expect(other.counters).toEqual(own.counters);
    await other.close();
  });

  it('of records on the host ends with the answer: what has arrived is forgotten', async () => {
    const other = connectHost({ transport: 'local', host: 'localhost' }, { runId: newRun() });
    const own = await other.session();
    for (let index = 0; index < 3; index += 1) await ask(own, step('echo said'));
    expect([...(await own.records()).keys()]).toEqual([]);
    await other.close();
  });

  it('opens nothing and asks nothing before the first request', async () => {
    const link = fakeLink('lazy', {});
    const other = connectHost({ transport: 'fake', host: 'lazy' }, { runId: newRun() });
    const [own, same] = await Promise.all([other.session(), other.session()]);
    expect(own).toBe(same);
    expect([link.opened, link.bytesUp ?? 0, own.counters.roundTrips]).toEqual([1, 0, 0]);
    await other.close();
  });
});

describe('the session folder', () => {
  /** Another run comes to the host. */
  const other = async (): Promise<void> => {
    const later = connectHost({ transport: 'local', host: 'localhost' }, { runId: newRun() });
    await folderOf(await later.session());
    await later.close();
  };

  it('is one of its own for each name, also of the same machine in the same run', async () => {
    const run = newRun();
    const hosts = [undefined, undefined, 'a', 'b'].map((name) =>
      connectHost(
        { transport: 'local', host: 'localhost' },
        name === undefined ? { runId: run } : { runId: run, name },
      ),
    );
    const folders = await Promise.all(hosts.map(async (each) => folderOf(await each.session())));
    expect(new Set(folders).size).toBe(4);
    await Promise.all(hosts.map((each) => each.close()));
  });

  it('is not made where somebody else put a folder, a link or an open folder first', async () => {
    const options = { runId: newRun(), name: 'attacked' };
    const first = connectHost({ transport: 'local', host: 'localhost' }, options);
    const folder = await folderOf(await first.session());
    await first.close();
    expect(folder).toMatch(/^\/dev\/shm\//);
    const traps: Record<string, () => Promise<void>> = {
      foreign: async () => {
        await mkdir(folder, { mode: 0o700 });
        await chown(folder, 65534, 65534);
      },
      link: async () => {
        await mkdir(`${folder}-real`, { mode: 0o700 });
        await symlink(`${folder}-real`, folder);
      },
      dangling: () => symlink(`${folder}-nothing`, folder),
      open: async () => {
        await mkdir(folder);
        await chmod(folder, 0o777);
      },
    };
    for (const set of Object.values(traps)) {
      await set();
      const again = connectHost({ transport: 'local', host: 'localhost' }, options);
      const own = await folderOf(await again.session());
      expect(own).toMatch(/^\/tmp\//);
      const { mode, uid } = await stat(own);
      expect([mode & 0o7777, uid]).toEqual([0o700, 0]);
      await again.close();
      await rm(folder, { recursive: true, force: true });
      await rm(`${folder}-real`, { recursive: true, force: true });
    }
  }, 20_000);

  it('keeps scripts and input to itself', async () => {
    const reply = await ask(
      session,
      step('ls -l "$(dirname "$0")" | grep -v ^total | cut -c5-10 | sort -u', {
        stdin: Buffer.from('secret'),
      }),
    );
    expect(reply.stdout.toString()).toBe('------\n');
    const folder = await folderOf(session);
    expect(await readFile(`${folder}/script`, 'utf8')).toBe('');
    expect(await readFile(`${folder}/stdin`, 'utf8')).toBe('');
  });

  it('is emptied of what was given and printed when its session is lost, and kept for its run', async () => {
    const lost = connectHost({ transport: 'local', host: 'localhost' }, { runId: newRun() });
    const own = await lost.session();
    const folder = await folderOf(own);
    const stdin = Buffer.from('secret');
    const killed = ask(own, step('cat; kill -9 "$PPID"; sleep 60', { stdin, id: 'cut' }));
    await expect(killed).rejects.toThrow(UnreachableError);
    const left = async (): Promise<string> => {
      const texts = ['stdin', 'script', 'cut.out'].map((name) => readFile(`${folder}/${name}`));
      return (await Promise.all(texts)).join('');
    };
    await until(async () => (await left()) === '');
    await other();
    expect((await stat(folder)).isDirectory()).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('is swept by the next session once its own and the watchdog are gone', async () => {
    const lost = connectHost({ transport: 'local', host: 'localhost' }, { runId: newRun() });
    const own = await lost.session();
    const folder = await folderOf(own);
    const watcher = (await readFile(`${folder}/watcher`, 'utf8')).split(':')[0];
    await expect(ask(own, read(`kill -9 ${watcher} $$`))).rejects.toThrow(UnreachableError);
    await other();
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  });

  it('comes back when somebody removed it', async () => {
    const folder = await folderOf(session);
    await rm(folder, { recursive: true });
    expect(await folderOf(session)).toBe(folder);
    const timed = await ask(session, read('echo timed', 5));
    expect(timed.stdout.toString()).toBe('timed\n');
  });
});

describe('a step', () => {
  it('is refused with an id or a variable that cannot be a name, and others go on', async () => {
    const [bad, worse, good] = session.exchange([
      step('true', { id: '../evil' }),
      step('true', { environment: { 'A;B': 'x' } }),
      step('echo good'),
    ]);
    await expect(bad).rejects.toThrow(PlayError);
    await expect(worse).rejects.toThrow(PlayError);
    expect((await good)?.stdout.toString()).toBe('good\n');
  });

  it('takes stdin of any size and any bytes', async () => {
    for (const size of [1, 70_000, 2_000_000]) {
      const stdin = contentOf(Buffer.alloc(size, '\0é'));
      const replies = await Promise.all(
        session.exchange([
          step('sha256sum', stdin.bytes ? { stdin: stdin.bytes } : {}),
          read('echo next'),
        ]),
      );
      expect(replies[0]?.stdout.toString()).toBe(`${stdin.digest}  -\n`);
      expect(replies[1]?.stdout.toString()).toBe('next\n');
    }
  });

  it('finds the functions that it uses, each sent once', async () => {
    const script = rawScript('play_fail it is so', ['play_fail']);
    const first = await ask(session, step('', { script }));
    const before = session.counters.bytesUp;
    const second = await ask(session, step('', { script }));
    expect([first.code, first.stderr.toString()]).toEqual([1, 'it is so\n']);
    expect([second.code, second.stderr.toString()]).toEqual([1, 'it is so\n']);
    expect(session.counters.bytesUp - before).toBeLessThan(400);
  });

  it('leaves no trace of its own environment, directory or options in the next', async () => {
    await ask(session, step('cd /usr; set -e; umask 0', { environment: { LEFT: 'x' } }));
    const reply = await ask(session, step('pwd; echo "${LEFT-none}"; umask; false; echo on'));
    expect(reply.stdout.toString()).toBe('/\nnone\n0077\non\n');
  });

  it('never shows the mark of the session, whatever it prints of itself', async () => {
    const reply = await ask(
      session,
      step('set; set -x; cat "$0"; cat /proc/$PPID/cmdline', { onOutput: () => undefined }),
    );
    expect(reply.code).toBe(0);
    expect((await ask(session, read('set; cat /proc/$$/cmdline'))).code).toBe(0);
    const content = contentOf(Buffer.alloc(100_000, 'q'));
    const streamed = await ask(session, step('', { script: sh`set; ${content} | wc -c; set` }));
    expect(streamed.stdout.toString()).toContain('\n100000\n');
  });

  it('is ended with all its processes, also where it shares the processes of the session', async () => {
    const mark = `93${Math.floor(Math.random() * 1e6)}`;
    const script = contained(rawScript(`(sleep ${mark} & wait) & sleep ${mark}`));
    const reply = await ask(session, step('', { script, timeout: 1 }));
    expect(reply.timedOut).toBe(true);
    expect(await processesWith(`sleep ${mark}`)).toEqual([]);
    const after = contained(rawScript('echo here; exit 7'));
    const next = await ask(session, step('', { script: after }));
    expect([next.code, next.stdout.toString()]).toEqual([7, 'here\n']);
  }, 60_000);

  it('is ended with TERM, and with KILL ten seconds later', async () => {
    const mark = `92${Math.floor(Math.random() * 1e6)}`;
    const started = performance.now();
    const reply = await ask(
      session,
      step(`trap '' TERM; sleep ${mark} & trap 'echo asked' TERM; while :; do wait; done`, {
        timeout: 1,
      }),
    );
    const took = performance.now() - started;
    expect([reply.timedOut, reply.stdout.toString()]).toEqual([true, 'asked\n']);
    expect(took).toBeGreaterThan(10_000);
    expect(took).toBeLessThan(60_000);
    expect(await processesWith(`sleep ${mark}`)).toEqual([]);
  }, 90_000);
});

describe('a link that breaks', () => {
  it('in the middle of a stream rejects what is under way', async () => {
    fakeLink('half', { cutAfterUp: 1_000_000 });
    const other = connectHost({ transport: 'fake', host: 'half' }, { runId: newRun() });
    const own = await other.session();
    const content = contentOf(Buffer.alloc(3_000_000, 'x'));
    const replies = own.exchange([
      step('', { script: sh`${content} >/dev/null` }),
      read('echo never'),
    ]);
    for (const reply of replies) await expect(reply).rejects.toThrow(UnreachableError);
    await other.close();
  });

  it('on a killed controller ends the step that runs here', async () => {
    const mark = `93${Math.floor(Math.random() * 1e6)}`;
    const program = `
      import { connectHost } from './engine/shell/session/host-connection.ts';
      import { rawScript } from './engine/shell/script.ts';
      const host = connectHost({ transport: 'local', host: 'localhost' }, { runId: '${newRun()}' });
      const session = await host.session();
      await session.exchange([
        { kind: 'step', id: 'a', script: rawScript('sleep ${mark}'), timeout: 90 },
        { kind: 'step', id: 'b', script: rawScript('touch /dev/shm/${mark}'), timeout: 90 },
      ])[0];`;
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', program],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    await until(async () =>
      (await processesWith(`sleep ${mark}`)).some((each) => !each.includes('-e')),
    );
    child.kill('SIGKILL');
    await until(async () => (await processesWith(`sleep ${mark}`)).length === 0);
    await expect(stat(`/dev/shm/${mark}`)).rejects.toThrow('ENOENT');
  }, 30_000);
});
