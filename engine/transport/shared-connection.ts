/**
 * Connections that stay open between runs, as OpenSSH keeps them (ControlPersist): the next run
 * needs no handshake. Each has a socket in a folder that only its owner can enter; its name stands
 * for everything that decided who was reached, how, and as whom.
 */
import { createHmac, randomBytes } from 'node:crypto';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { reveal } from '../secrets/secret.ts';
import type { Connection } from './transport.ts';

/** Bytes of a socket's path, less those that ssh appends while it makes one. */
const longestPath = 104 - 18;

export interface SharedConnection {
  /** Of its socket. */
  readonly path: string;
  /** A program answers there: no login is to be awaited. */
  readonly warm: boolean;
}

/**
 * @param words what ssh is called with, but for the socket itself
 * @returns undefined where nothing is to be shared, or there is no safe place for the socket
 */
export async function sharedConnection(
  connection: Connection,
  words: readonly string[],
): Promise<SharedConnection | undefined> {
  if (!connection.connectionPersist) return undefined;
  const folder = ownFolder();
  if (folder === undefined) return undefined;
  const path = join(folder, nameOf(connection, words, keyOf(folder)));
  if (Buffer.byteLength(path) > longestPath) return undefined;
  const found = await lookAt(path);
  if (found === 'dead') forgetShared(path);
  return { path, warm: found === 'alive' };
}

/** What it leads to gave no answer: the next connection begins anew. */
export function forgetShared(path: string): void {
  rmSync(path, { force: true });
}

/** Where sockets are made; undefined where someone else could have a hand in it. */
export function ownFolder(): string | undefined {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const places = [
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'tsplay')]),
    join(tmpdir(), `tsplay-${userInfo().uid}`),
  ];
  return places.find(isOurs);
}

function isOurs(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // It is there, or cannot be made: what matters is what stands there.
  }
  try {
    const is = lstatSync(folder);
    return is.isDirectory() && is.uid === userInfo().uid && (is.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

/** Names are made with it, so that they say nothing of a password. Made once, whole. */
function keyOf(folder: string): Buffer {
  const path = join(folder, 'key');
  for (;;) {
    try {
      return readFileSync(path);
    } catch {
      const own = `${path}.${process.pid}`;
      writeFileSync(own, randomBytes(32), { mode: 0o600 });
      try {
        linkSync(own, path);
      } catch {
        // Another run was first.
      }
      rmSync(own, { force: true });
    }
  }
}

/** What was configured otherwise since, or has other known keys, is another connection. */
function nameOf(connection: Connection, words: readonly string[], key: Buffer): string {
  const files = [
    join(homedir(), '.ssh', 'config'),
    '/etc/ssh/ssh_config',
    '/etc/ssh/ssh_config.d',
    '/etc/ssh/ssh_known_hosts',
    connection.knownHostsFile ?? join(homedir(), '.ssh', 'known_hosts'),
    ...(connection.privateKeyFile === undefined ? [] : [connection.privateKeyFile]),
  ].map((path) => {
    const is = statSync(path, { throwIfNoEntry: false });
    return [path, is?.mtimeMs, is?.size, is?.ino];
  });
  const { password, connectionPersist } = connection;
  const secret = password && reveal(password);
  return createHmac('sha256', key)
    .update(JSON.stringify([words, files, secret, connectionPersist, process.env['SSH_AUTH_SOCK']]))
    .digest('hex')
    .slice(0, 32);
}

/** A socket that nobody listens on is left of a program that was killed. */
function lookAt(path: string): Promise<'alive' | 'dead' | 'absent'> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('alive');
    });
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? 'absent' : 'dead'),
    );
  });
}
