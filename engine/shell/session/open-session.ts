/** Makes a session of a byte stream to `/bin/sh`. */
import { randomBytes } from 'node:crypto';
import { sha256 } from '../../digest.ts';
import type { PlayError } from '../../errors.ts';
import { tellingLines } from '../../transport/ssh-failure.ts';
import type { Become, ByteStream } from '../../transport/transport.ts';
import { becomeRefused, becomeText, checkBecome } from './become.ts';
import { becomeLimit, passSudo } from './pass-sudo.ts';
import { preamble } from '../host/functions.ts';
import type { HostLock } from '../host/lock.ts';
import { noCounters, type Session } from './session.ts';
import { ShellSession } from './shell-session.ts';

export interface SessionOptions {
  /** Names the session folder: the same run finds its records again after a lost connection. */
  readonly runId: string;
  /** Login name, as far as it is known. */
  readonly user?: string;
  readonly become?: Become | undefined;
  /** For messages. */
  readonly host?: string;
  /** The command that runs our scripts on the host. Default `/bin/sh`. */
  readonly shell?: string;
  /** Seconds within which the login shell must answer; default 10. */
  readonly shellWithin?: number;
  /** Of a run that may change something. */
  readonly lock?: HostLock | undefined;
  /** Told where the host has no place for the lock. */
  readonly onUnlocked?: (() => void) | undefined;
  /** Writes the number into the folder's `cancel` over another connection as the same user. */
  readonly cancelThrough?: (folder: string, upTo: number, within: AbortSignal) => Promise<void>;
}

/**
 * Nothing is sent before the first exchange, so opening costs no round trip; only sudo with a
 * password has to be waited for.
 * @param stream from a transport
 * @throws PlayError when the user cannot be become so; StepError when sudo refuses the password
 */
export async function openSession(
  stream: ByteStream,
  options: SessionOptions,
): Promise<ShellSession & Session> {
  const { become, host = 'the host', shell = '/bin/sh', shellWithin = 10 } = options;
  const mark = randomBytes(16).toString('hex');
  const counters = noCounters();
  if (become) checkBecome(become);
  if (become?.password)
    await passSudo(stream, become, become.password, { host, shell, counters, shellWithin });
  const piped = become !== undefined && become.password === undefined;
  return new ShellSession({
    stream,
    mark,
    host,
    shell,
    counters,
    helloWithin: piped ? shellWithin + becomeLimit : shellWithin,
    cancelThrough: options.cancelThrough,
    key: folderKey(options.runId),
    user: become?.user ?? options.user ?? '',
    preamble: preamble(mark, options.lock, options.lock?.silences.gone(host)),
    lock: options.lock,
    onUnlocked: options.onUnlocked,
    gated: piped,
    wrap: piped ? (text) => becomeText(become, shell, mark, text) : (text) => text,
    refused: (said): PlayError | undefined =>
      become && tellingLines(said).length > 0 ? becomeRefused(host, become, said) : undefined,
  });
}

/** A folder's name of at most 40 plain characters; two runs never share it. */
function folderKey(runId: string): string {
  const plain = runId.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 23);
  return `${plain}-${sha256(runId).slice(0, 16)}`;
}
