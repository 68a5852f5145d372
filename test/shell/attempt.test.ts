import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectHost, type HostConnection } from '../../engine/shell/session/host-connection.ts';
import type { Session } from '../../engine/shell/session/session.ts';
import { ask, newRun, read } from '../transport/contract.ts';
import { processesWith } from '../transport/processes.ts';

let host: HostConnection;
let session: Session;

beforeAll(async () => {
  host = connectHost({ transport: 'local', host: 'localhost' }, { runId: newRun() });
  session = await host.session();
});
afterAll(() => host.close());

const attempt = (script: string, seconds = 1) =>
  ask(session, { kind: 'read', script, attempt: seconds });

describe('a read that may as well not be answered', () => {
  it('is answered like any other when it is quick', async () => {
    const reply = await attempt('printf "it\'s %s" here; printf aside >&2');
    expect(reply).toMatchObject({ code: 0, timedOut: false });
    expect(reply.stdout.toString()).toBe("it's here");
    expect(reply.stderr.toString()).toBe('aside');
  });

  it('is ended with all its processes when it is slow, and the session goes on', async () => {
    const started = Date.now();
    const slow = attempt('sleep 4711 | sleep 4712; printf never');
    const next = ask(session, read('printf next'));
    expect((await slow).timedOut).toBe(true);
    expect((await next).stdout.toString()).toBe('next');
    expect(Date.now() - started).toBeLessThan(60_000);
    expect(await processesWith('sleep 471')).toEqual([]);
  }, 90_000);

  it('counts as not answered when it does not end with 0, as where nothing can limit it', async () => {
    expect(await attempt('printf half; exit 125')).toMatchObject({ code: 125, timedOut: true });
  });

  it('stands in no command line, where everybody on the host could read a secret in it', async () => {
    const reply = await attempt(
      `: hunter2; for each in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <"$each"; echo; done 2>&-`,
    );
    expect(reply.stdout.toString()).toContain('timeout -k 1');
    expect(reply.stdout.toString()).not.toContain('hunter2');
  });

  it('reads nothing of what the session gets next', async () => {
    const [first, next] = await Promise.all([attempt('cat'), ask(session, read('printf next'))]);
    expect(first).toMatchObject({ code: 0, timedOut: false });
    expect(next.stdout.toString()).toBe('next');
  });

  it('needs nothing on the host but the script itself', async () => {
    const own = connectHost({ transport: 'local', host: 'localhost' }, { runId: newRun() });
    await ask(await own.session(), { kind: 'read', script: 'printf x', attempt: 1 });
    expect(own.counters.bytesUp).toBeLessThan(1300);
    await own.close();
  });
});
