/** What every transport, with the session above it, has to stand: the hazards of its libraries. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnreachableError } from '../../engine/errors.ts';
import { contentOf, type Content } from '../../engine/shell/content.ts';
import { connectHost, type HostConnection } from '../../engine/shell/session/host-connection.ts';
import { rawScript, sh } from '../../engine/shell/script.ts';
import type { Reply, Request, Session, StepRequest } from '../../engine/shell/session/session.ts';
import type { Connection } from '../../engine/transport/transport.ts';
import { processesWith, sweepFolders, until } from './processes.ts';

export interface ContractSubject {
  readonly name: string;
  connection(): Connection;
}

let runs = 0;
export const newRun = (): string => `contract-${process.pid}-${(runs += 1)}`;

export const read = (script: string, timeout?: number): Request =>
  timeout === undefined ? { kind: 'read', script } : { kind: 'read', script, timeout };

let steps = 0;
export const step = (script: string, more: Partial<StepRequest> = {}): StepRequest => ({
  kind: 'step',
  id: `step-${(steps += 1)}`,
  script: rawScript(script),
  timeout: 60,
  ...more,
});

export async function ask(session: Session, request: Request): Promise<Reply> {
  const [reply] = await Promise.all(session.exchange([request]));
  if (!reply) throw new Error('no reply');
  return reply;
}

export function transportContract(subject: ContractSubject): void {
  describe(`the ${subject.name} transport`, () => {
    let host: HostConnection;
    let session: Session;

    beforeAll(async () => {
      host = connectHost(subject.connection(), { runId: newRun() });
      session = await host.session();
    }, 30_000);
    afterAll(async () => {
      await host.close();
      await sweepFolders();
    });

    it('returns output byte for byte: blanks, no trailing newline, NUL, every byte', async () => {
      const blanks = await ask(session, read(String.raw`printf '  \n a \n\n'`));
      expect(blanks.stdout.toString()).toBe('  \n a \n\n');
      expect((await ask(session, read('printf x'))).stdout.toString()).toBe('x');
      const all = await ask(
        session,
        read(`i=0; while [ $i -lt 256 ]; do printf "\\\\$(printf %o $i)"; i=$((i+1)); done`),
      );
      expect(all.stdout).toEqual(Buffer.from(Array.from({ length: 256 }, (_, index) => index)));
    });

    it('keeps characters whole that arrive in two pieces', async () => {
      const reply = await ask(
        session,
        read(String.raw`printf '\342\202'; sleep 0.3; printf '\254'`),
      );
      expect(reply.stdout.toString('utf8')).toBe('€');
    });

    it('tells stdout from stderr, and the exit code', async () => {
      const reply = await ask(session, read('echo out; echo err >&2; exit 3'));
      expect([reply.code, reply.stdout.toString(), reply.stderr.toString()]).toEqual([
        3,
        'out\n',
        'err\n',
      ]);
    });

    it('survives scripts that fail, exit, are no shell, or end themselves', async () => {
      const replies = await Promise.all(
        session.exchange([
          read('set -e; false; echo not reached'),
          read('exit 7'),
          read('if then'),
          read("echo 'never closed"),
          read('exec sh -c "exit 9"'),
          read('read -r pid rest </proc/self/stat; kill -9 "$pid"'),
          read('set -u; echo "$nothing_of_that_name"'),
          read('cd /nonexistent && echo there'),
          read('cd /usr; x=1; alias ls=false; trap "echo trapped" EXIT'),
          read('pwd; echo "${x-unset}"'),
        ]),
      );
      expect(replies.map((reply) => reply.code)).toEqual([
        1,
        7,
        expect.any(Number),
        expect.any(Number),
        9,
        137,
        expect.any(Number),
        expect.any(Number),
        0,
        0,
      ]);
      expect(replies[2]?.code).not.toBe(0);
      expect(replies[3]?.code).not.toBe(0);
      expect(replies[6]?.code).not.toBe(0);
      expect(replies[9]?.stdout.toString()).toBe('/\nunset\n');
    });

    it('gives a script that reads stdin nothing, and not the next request', async () => {
      const replies = await Promise.all(
        session.exchange([read('cat; head -c 1'), step('cat'), read('echo next')]),
      );
      expect(replies.map((reply) => reply.stdout.toString())).toEqual(['', '', 'next\n']);
    });

    it('answers many requests of one write in their order', async () => {
      const before = session.counters.roundTrips;
      const replies = await Promise.all(
        session.exchange(Array.from({ length: 40 }, (_, index) => read(`echo ${index}`))),
      );
      expect(replies.map((reply) => Number(reply.stdout))).toEqual([...replies.keys()]);
      expect(session.counters.roundTrips - before).toBe(1);
    });

    it('takes more than a dozen exchanges at once', async () => {
      const replies = await Promise.all(
        Array.from({ length: 30 }, (_, index) => ask(session, read(`sleep 0.01; echo ${index}`))),
      );
      expect(replies.map((reply) => Number(reply.stdout))).toEqual([...replies.keys()]);
    });

    it('takes a script of 1 MiB, and one with every kind of quote', async () => {
      const long = `: '${'x'.repeat(1024 * 1024)}'; echo done`;
      expect((await ask(session, read(long))).stdout.toString()).toBe('done\n');
      const odd = `it's "$HOME" \`id\` \\ $(id) a'; echo INJECTED # \n\t!*?[a]~`;
      expect((await ask(session, read(sh`printf %s ${odd}`.text))).stdout.toString()).toBe(odd);
      const asStep = await ask(session, step('', { script: sh`printf %s ${odd}` }));
      expect(asStep.stdout.toString()).toBe(odd);
    });

    it('sends and receives 10 MB at the same time', async () => {
      const line = `: '${'u'.repeat(1000)}'`;
      const up = Array.from({ length: 10_000 }, () => line).join('\n');
      const [, large, , after] = await Promise.all(
        session.exchange([
          read('yes 0123456789 | head -c 5000000'),
          read('yes 0123456789 | head -c 6000000'),
          read(up),
          read('echo after'),
        ]),
      );
      expect(large?.stdout.length).toBe(6_000_000);
      expect(after?.stdout.toString()).toBe('after\n');
    }, 60_000);

    it('cuts a stream at 8 MiB and says so', async () => {
      for (const request of [read('yes | head -c 9000000'), step('yes | head -c 9000000 >&2')]) {
        const reply = await ask(session, request);
        const bytes = Buffer.concat([reply.stdout, reply.stderr]);
        expect([bytes.length, reply.truncated]).toEqual([8 * 1024 * 1024, true]);
      }
    });

    it('runs steps with their own environment, directory, stdin and locale', async () => {
      const reply = await ask(
        session,
        step('pwd; printf "%s|%s|" "$WORD" "$LC_ALL"; cat', {
          environment: { WORD: "it's $HOME" },
          directory: '/usr',
          stdin: Buffer.from([1, 0, 2, 37, 92]),
        }),
      );
      expect(reply.stdout.toString('latin1')).toBe(`/usr\nit's $HOME|C|\u0001\u0000\u0002%\\`);
      const own = await ask(session, step('echo "${LC_ALL-unset}"', { ownLocale: true }));
      expect(own.stdout.toString()).not.toBe('C\n');
    });

    it('fails where the directory is missing, and does not run elsewhere', async () => {
      const reply = await ask(session, step('echo ran', { directory: '/nonexistent folder' }));
      expect(reply.code).not.toBe(0);
      expect(reply.stdout.toString()).toBe('');
      expect(reply.stderr.toString()).toContain('/nonexistent folder');
    });

    it('is not held up by a daemon that keeps its output open', async () => {
      const started = performance.now();
      const replies = await Promise.all(
        session.exchange([
          step('(sleep 3; echo late; echo late >&2) & echo up'),
          read('echo next'),
          step('sleep 3.2; echo last'),
        ]),
      );
      expect(replies.map((reply) => reply.stdout.toString())).toEqual(['up\n', 'next\n', 'last\n']);
      expect(performance.now() - started).toBeLessThan(6000);
    });

    it('is not disturbed by a step that closes its outputs', async () => {
      const reply = await ask(session, step('exec >&- 2>&-; exit 5'));
      expect(reply.code).toBe(5);
      expect((await ask(session, read('exec >&- 2>&-; exit 6'))).code).toBe(6);
    });

    it('sends streams of any size, byte for byte, and holds back what follows', async () => {
      for (const size of [70_000, 3_000_003]) {
        const bytes = Buffer.alloc(size, 'abc\0\n"\'');
        const content = contentOf(bytes);
        const before = session.counters.roundTrips;
        const replies = await Promise.all(
          session.exchange([
            read('echo before'),
            step('', { script: sh`set -e; ${content} | sha256sum; ${content} | wc -c` }),
            read('echo after'),
          ]),
        );
        expect(replies[1]?.stdout.toString().replaceAll(/\s+/g, ' ')).toBe(
          `${content.digest} - ${size} `,
        );
        expect(replies[2]?.stdout.toString()).toBe('after\n');
        expect(session.counters.roundTrips - before).toBe(4);
      }
    });

    it('drains a stream that nobody wants, and one that does not fit', async () => {
      const content = contentOf(Buffer.alloc(2_000_000, 'x'));
      const replies = await Promise.all(
        session.exchange([
          step('', { script: sh`${content} | head -c 3` }),
          step('', { script: sh`${content} >/dev/full` }),
          step('', { script: sh`exit 4; ${content}` }),
          read('echo still here'),
        ]),
      );
      expect(replies[0]?.stdout.toString()).toBe('xxx');
      expect(replies[1]?.code).not.toBe(0);
      expect(replies[2]?.code).toBe(4);
      expect(replies[3]?.stdout.toString()).toBe('still here\n');
    });

    it('refuses a content that changed since it was promised', async () => {
      const promised = contentOf(Buffer.alloc(100_000, 'a'));
      const shorter: Content = {
        ...promised,
        open: () => contentOf(Buffer.alloc(90_000, 'a')).open(),
      };
      const [failed, next] = session.exchange([
        step('', { script: sh`${shorter} >/dev/null && echo taken for good` }),
        read('echo next'),
      ]);
      await expect(failed).rejects.toThrow('changed while it was sent');
      expect((await next)?.stdout.toString()).toBe('next\n');
    });

    it('shows output while the step runs, all of it and nothing twice', async () => {
      const seen: [string, number][] = [];
      const started = performance.now();
      const reply = await ask(
        session,
        step('echo one; echo oops >&2; sleep 2.5; printf two', {
          onOutput: (stream, bytes) =>
            seen.push([`${stream}:${bytes.toString()}`, performance.now() - started]),
        }),
      );
      expect(reply.stdout.toString()).toBe('one\ntwo');
      expect(seen.map(([text]) => text)).toEqual(['stdout:one\n', 'stderr:oops\n', 'stdout:two']);
      expect(seen[0]?.[1]).toBeLessThan(2300);
    });

    it('ends a step and its whole tree when its time is over', async () => {
      const mark = `86${Math.floor(Math.random() * 1e6)}`;
      const [slow, next] = await Promise.all(
        session.exchange([
          step(`sleep ${mark} & setsid sleep ${mark} & sh -c 'sleep ${mark}; :'`, { timeout: 1 }),
          read('echo next'),
        ]),
      );
      expect(slow?.timedOut).toBe(true);
      expect(slow?.code).not.toBe(0);
      expect(next?.stdout.toString()).toBe('next\n');
      expect(await processesWith(`sleep ${mark}`)).toEqual([]);
    }, 20_000);

    it('ends a read and its tree when its time is over', async () => {
      const mark = `87${Math.floor(Math.random() * 1e6)}`;
      const [slow, next] = await Promise.all(
        session.exchange([read(`echo begun; sleep ${mark} | cat`, 1), read('echo next', 5)]),
      );
      expect([slow?.timedOut, slow?.stdout.toString()]).toEqual([true, 'begun\n']);
      expect([next?.timedOut, next?.stdout.toString()]).toEqual([false, 'next\n']);
      expect(await processesWith(`sleep ${mark}`)).toEqual([]);
    }, 20_000);

    it('cancels the running step and those behind it, and lives on', async () => {
      const mark = `88${Math.floor(Math.random() * 1e6)}`;
      const replies = session.exchange([step(`sleep ${mark}`), step('echo second')]);
      await until(async () => (await processesWith(`sleep ${mark}`)).length > 0);
      session.cancel();
      const [first, second] = await Promise.all(replies);
      expect([first?.code, first?.timedOut]).toEqual([143, false]);
      expect([second?.code, second?.stdout.toString()]).toEqual([143, '']);
      expect(await processesWith(`sleep ${mark}`)).toEqual([]);
      expect((await ask(session, step('echo alive'))).stdout.toString()).toBe('alive\n');
    }, 20_000);

    it('ends what runs although the signal that ended the run keeps new work from the host', async () => {
      const ended = new AbortController();
      const options = { runId: newRun(), signal: ended.signal };
      const other = connectHost(subject.connection(), options);
      const own = await other.session();
      const mark = `89${Math.floor(Math.random() * 1e6)}`;
      const [reply] = own.exchange([step(`sleep ${mark}`)]);
      await until(async () => (await processesWith(`sleep ${mark}`)).length > 0);
      ended.abort();
      own.cancel();
      expect((await reply)?.code).toBe(143);
      expect(await processesWith(`sleep ${mark}`)).toEqual([]);
      await other.close();
    }, 20_000);

    it('leaves no folder and no process behind when it closes', async () => {
      const other = connectHost(subject.connection(), { runId: newRun() });
      const own = await other.session();
      const folder = (await ask(own, step('dirname "$0"'))).stdout.toString().trim();
      expect(folder).toMatch(/\/\.tsplay-/);
      expect((await ask(session, read(`ls -ld ${folder}`))).stdout.toString()).toMatch(
        /^drwx------/,
      );
      await other.close();
      await other.close();
      expect((await ask(session, read(`test -e ${folder}`))).code).toBe(1);
      await expect(ask(own, read('echo late'))).rejects.toThrow(UnreachableError);
    });

    it('rejects everything under way when the shell dies, and says so', async () => {
      const other = connectHost(subject.connection(), { runId: newRun() });
      const own = await other.session();
      const replies = own.exchange([read('kill -9 $$'), read('echo never'), step('echo never')]);
      const settled = await Promise.allSettled(replies);
      expect(settled.map((each) => each.status)).toEqual(['rejected', 'rejected', 'rejected']);
      for (const each of settled)
        if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(UnreachableError);
      const again = await other.session();
      expect((await ask(again, read('echo again'))).stdout.toString()).toBe('again\n');
      await other.close();
    });

    it('opens a second connection for another user, and none for the login user', async () => {
      const user = session.user;
      const same = await host.session({ method: 'sudo', user });
      expect(same).toBe(session);
    });
  });
}
