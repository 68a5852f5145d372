/**
 * Of the key exchanges that hold against quantum computers, OpenSSH 9.9 offers the dearer one first
 * (sntrup761), later ones the cheaper (mlkem768). Where nobody configured key exchanges, the cheaper
 * goes first; none is added or left out.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownFolder } from './shared-connection.ts';
import { onPath } from './with-controller.ts';

const cheaper = 'mlkem768x25519-sha256';
const dearer = /^sntrup761x25519-/;
const packaged = '/etc/ssh/ssh_config.d';

let asked: Promise<string | undefined> | undefined;

/**
 * @param given the user's own arguments for ssh
 * @returns the value of ssh's KexAlgorithms, or undefined where ssh's own order is right
 */
export function preferredKeyExchange(given: readonly string[] = []): Promise<string | undefined> {
  if (given.some((word) => word.startsWith('-F') || /kexalgorithms/i.test(word)))
    return Promise.resolve(undefined);
  asked ??= preference().catch(() => undefined);
  return asked;
}

async function preference(): Promise<string | undefined> {
  return configurations().some(mayChoose) ? undefined : cheaperFirst(await orderOfClient());
}

/** What the client does by itself, without any configuration; asked once of each client. */
async function orderOfClient(): Promise<readonly string[]> {
  const path = onPath('ssh');
  if (path === undefined) return [];
  const { mtimeMs, size } = statSync(path);
  const client = `${path} ${mtimeMs} ${size}`;
  const folder = ownFolder();
  const kept = folder === undefined ? undefined : join(folder, 'key-exchanges');
  const [of, ...known] = kept === undefined ? [] : textOf(kept).split('\n');
  if (of === client) return known;
  const { stdout } = await promisify(execFile)(path, ['-G', '-F', 'none', 'any']);
  const order = /^kexalgorithms (.*)$/m.exec(stdout)?.[1]?.split(',') ?? [];
  if (kept !== undefined) writeFileSync(kept, [client, ...order].join('\n'), { mode: 0o600 });
  return order;
}

/** Texts of the files in which people configure ssh. */
function configurations(): string[] {
  const files = [join(homedir(), '.ssh', 'config'), '/etc/ssh/ssh_config'];
  const more = existsSync(packaged) ? readdirSync(packaged) : [];
  return [...files, ...more.map((name) => join(packaged, name))].map(textOf);
}

/** Whether it says something of key exchanges, or may by a file that it includes. */
export const mayChoose = (configuration: string): boolean =>
  configuration
    .split('\n')
    .some((line) =>
      /^\s*(kexalgorithms|include(?!\s+\/etc\/ssh\/ssh_config\.d\/\*\.conf\s*$))/i.test(line),
    );

/** What cannot be read says nothing to ssh either. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** @param order key exchanges as a client offers them */
export function cheaperFirst(order: readonly string[]): string | undefined {
  const first = order.findIndex((name) => dearer.test(name));
  return first >= 0 && order.indexOf(cheaper) > first ? `^${cheaper}` : undefined;
}
