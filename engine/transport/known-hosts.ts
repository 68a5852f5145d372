/** OpenSSH's known_hosts, for the transport that has no OpenSSH. */
import { createHmac } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { globToRegex } from '../glob.ts';
import type { Connection } from './transport.ts';

export type Verdict = 'known' | 'unknown' | 'changed' | 'revoked';

interface Entry {
  readonly hosts: string;
  readonly type: string;
  /** Base64. */
  readonly key: string;
  readonly revoked: boolean;
}

export class KnownHosts {
  readonly #files: readonly string[];
  readonly #name: string;
  readonly #entries: readonly Entry[];

  constructor(connection: Connection) {
    const { host, port = 22, knownHostsFile } = connection;
    this.#files =
      knownHostsFile === undefined
        ? [join(homedir(), '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts']
        : [knownHostsFile];
    this.#name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
    this.#entries = this.#files
      .filter((file) => existsSync(file))
      .flatMap((file) => parseKnownHosts(readFileSync(file, 'utf8')))
      .filter((entry) => matches(entry.hosts, this.#name));
  }

  /** Key types that are on record, to be asked for first. */
  get types(): readonly string[] {
    return [...new Set(this.#entries.map((entry) => entry.type))];
  }

  /** @param key as the server sent it */
  judge(key: Buffer): Verdict {
    const text = key.toString('base64');
    const type = keyType(key);
    if (this.#entries.some((entry) => entry.revoked && entry.key === text)) return 'revoked';
    const trusted = this.#entries.filter((entry) => !entry.revoked);
    if (trusted.some((entry) => entry.key === text)) return 'known';
    return trusted.some((entry) => entry.type === type) ? 'changed' : 'unknown';
  }

  /** Trusts the key from now on. */
  add(key: Buffer): void {
    const [file] = this.#files;
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    const line = `${gap}${this.#name} ${keyType(key)} ${key.toString('base64')}\n`;
    appendFileSync(file, line, { mode: 0o600 });
  }
}

/** The type is the first string of a key: four bytes of length, then ASCII. */
function keyType(key: Buffer): string {
  return key.toString('latin1', 4, 4 + key.readUInt32BE(0));
}

/** Lines that cannot be read are left out, as OpenSSH does; so are certificate authorities. */
export function parseKnownHosts(text: string): readonly Entry[] {
  return text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [hosts, type, key] = words;
    if (hosts === undefined || hosts.startsWith('#') || type === undefined || key === undefined)
      return [];
    if (marker !== undefined && marker !== '@revoked') return [];
    return [{ hosts, type, key, revoked: marker === '@revoked' }];
  });
}

/** `name,*.glob,!not` or a hashed name `|1|salt|hash`. */
function matches(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) {
    const [, version, salt = '', hash = ''] = hosts.split('|');
    const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64');
    return version === '1' && found === hash;
  }
  let found = false;
  for (const pattern of hosts.split(',')) {
    const not = pattern.startsWith('!');
    // Brackets belong to a name with a port: `[name]:22`.
    const regex = globToRegex((not ? pattern.slice(1) : pattern).toLowerCase(), { sets: false });
    if (!regex.test(name)) continue;
    if (not) return false;
    found = true;
  }
  return found;
}
