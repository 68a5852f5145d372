/** A host's sessions: one stream a user, opened when first asked for. */
import { sha256 } from '../../digest.ts';
import { UnreachableError } from '../../errors.ts';
import { defaultConnectTimeout } from '../../transport/openssh-arguments.ts';
import { openTransport } from '../../transport/open-transport.ts';
import { targetName } from '../../transport/ssh-failure.ts';
import type { Become, ByteStream, Connection } from '../../transport/transport.ts';
import type { HostLock } from '../host/lock.ts';
import { openSession, type SessionOptions } from './open-session.ts';
import { sh } from '../script.ts';
import { sumOf, type Counters, type Session } from './session.ts';
import type { ShellSession } from './shell-session.ts';

/** Seconds beyond `connectTimeout` until the login shell must have answered: PAM, profiles, load. */
const shellLimit = 20;
/** Seconds for a connection that was kept and may have died: then it is made anew. */
const warmShellLimit = 4;

export interface HostConnection {
  /**
   * The session as that user, or as the login user. Becoming the login user opens no second one;
   * a session that was lost is opened anew.
   * @throws UnreachableError; StepError when the user cannot be become
   */
  session(become?: Become): Promise<Session>;
  close(): Promise<void>;
  /** Of all its sessions, lost ones included. */
  readonly counters: Counters;
}

export interface HostOptions {
  readonly runId: string;
  readonly signal?: AbortSignal;
  /**
   * Inventory name. It tells apart two names of one machine, so give it where a host may have
   * several; after a loss the records of ended steps are found under the same name.
   */
  readonly name?: string;
  /** Of a run that may change something: it works on a host alone. */
  readonly lock?: HostLock | undefined;
  /** Told where the host has no place for the lock. */
  readonly onUnlocked?: (() => void) | undefined;
}

/** Names in use by connections that are not closed: two of them never share a session folder. */
const namesInUse = new Set<string>();

/** @param options.signal aborts connecting */
export function connectHost(connection: Connection, options: HostOptions): HostConnection {
  const closing = new AbortController();
  const wanted = options.signal
    ? AbortSignal.any([options.signal, closing.signal])
    : closing.signal;
  const sessions = new Map<string, Promise<ShellSession>>();
  const opened: ShellSession[] = [];
  const counted: Counters[] = [];
  const runId = ownName(connection, options);
  const host = options.name ?? targetName(connection);
  let closed = false;

  const open = async (
    become: Become | undefined,
    ending: AbortSignal,
    more: Partial<SessionOptions>,
  ): Promise<ShellSession> => {
    // One for each: what listens to it longer than it should is not ended by a polite close.
    const opening = new AbortController();
    const abort = (): void => opening.abort();
    ending.addEventListener('abort', abort, { once: true });
    try {
      if (ending.aborted) abort();
      const stream = await openTransport(connection, opening.signal);
      return await begin(stream, become, ending, more);
    } finally {
      ending.removeEventListener('abort', abort);
    }
  };

  const begin = async (
    stream: ByteStream,
    become: Become | undefined,
    ending: AbortSignal,
    more: Partial<SessionOptions>,
  ): Promise<ShellSession> => {
    try {
      const user = connection.user === undefined ? {} : { user: connection.user };
      const shellWithin = stream.warm
        ? warmShellLimit
        : (connection.connectTimeout ?? defaultConnectTimeout) + shellLimit;
      ending.addEventListener('abort', stream.kill, { once: true });
      return await openSession(stream, { runId, become, host, shellWithin, ...user, ...more });
    } catch (error) {
      stream.kill();
      throw error;
    } finally {
      ending.removeEventListener('abort', stream.kill);
    }
  };

  const openCounted = async (become: Become | undefined): Promise<ShellSession> => {
    const { lock, onUnlocked } = options;
    const session = await open(become, wanted, {
      lock,
      onUnlocked,
      cancelThrough: async (folder, upTo, within) => {
        // What ends the run has to reach the host: it is not ended by what ends the run.
        const second = await open(become, AbortSignal.any([closing.signal, within]), {});
        const script = sh`printf '%s\n' ${upTo} >${`${folder}/cancel`}`.text;
        await Promise.all(second.exchange([{ kind: 'read', script }]));
        await second.close();
      },
    });
    counted.push(session.counters);
    return session;
  };

  const openOnce = async (
    become: Become | undefined,
    before: Promise<ShellSession> | undefined,
  ): Promise<ShellSession> => {
    const last = await before?.catch(() => undefined);
    if (last && !last.lost) return last;
    const same = opened.find((each) => !each.lost && runsAs(each, become));
    const session = same ?? (await openCounted(become));
    opened.push(session);
    return session;
  };

  return {
    async session(become) {
      if (closed) throw new UnreachableError(`the connection to ${host} is closed`);
      const other = become?.user === connection.user ? undefined : become;
      const key = other ? `${other.method} ${other.user}` : '';
      const session = openOnce(other, sessions.get(key));
      sessions.set(key, session);
      return session;
    },
    async close() {
      closed = true;
      closing.abort();
      namesInUse.delete(runId);
      const settled = await Promise.allSettled(sessions.values());
      await Promise.all(
        settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value.close()] : [])),
      );
    },
    get counters() {
      return sumOf(counted);
    },
  };
}

/** Whether a session that is open already serves: known once the host said who logged in. */
function runsAs(session: ShellSession, become: Become | undefined): boolean {
  if (session.login === undefined || session.login !== session.user) return false;
  return become === undefined || become.user === session.user;
}

/** Unlike for every connection that is open at the time, alike for the one that replaces it. */
function ownName(connection: Connection, { runId, name }: HostOptions): string {
  const { transport, host, port, user } = connection;
  const to = sha256(JSON.stringify([transport, host, port, user]));
  const base = `${runId}/${name ?? to}`;
  let own = base;
  for (let count = 2; namesInUse.has(own); count += 1) own = `${base}/${count}`;
  namesInUse.add(own);
  return own;
}
