import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KnownHosts } from '../../engine/transport/known-hosts.ts';

/** A key as a server sends it: type and body, each after its length. */
function key(type: string, body: string): Buffer {
  const part = (text: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text)]);
  };
  return Buffer.concat([part(type), part(body)]);
}

const ed = key('ssh-ed25519', 'right');
const other = key('ssh-ed25519', 'wrong');
const rsa = key('ssh-rsa', 'right');
const line = (hosts: string, of: Buffer, marker = ''): string =>
  `${marker}${hosts} ${of.toString('latin1', 4, 4 + of.readUInt32BE(0))} ${of.toString('base64')} a comment`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'play-known-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function judge(
  lines: readonly string[],
  host: string,
  shown: Buffer,
  port = 22,
): Promise<string> {
  const knownHostsFile = join(folder, 'known_hosts');
  await writeFile(knownHostsFile, lines.join('\n'));
  return new KnownHosts({ transport: 'node-ssh', host, port, knownHostsFile }).judge(shown);
}

describe('known_hosts', () => {
  it('knows a host by name, list, glob and hash, and by port', async () => {
    expect(await judge([line('web1', ed)], 'web1', ed)).toBe('known');
    expect(await judge([line('web1', ed)], 'WEB1', ed)).toBe('known');
    expect(await judge([line('db,web1,10.0.0.1', ed)], '10.0.0.1', ed)).toBe('known');
    expect(await judge([line('web?.example.*', ed)], 'web1.example.org', ed)).toBe('known');
    expect(await judge([line('[web1]:2222', ed)], 'web1', ed, 2222)).toBe('known');
    expect(await judge([line('web1', ed)], 'web1', ed, 2222)).toBe('unknown');
    const salt = Buffer.from('salt of twenty bytes');
    const hash = createHmac('sha1', salt).update('[web1]:2222').digest('base64');
    const hashed = line(`|1|${salt.toString('base64')}|${hash}`, ed);
    expect(await judge([hashed], 'web1', ed, 2222)).toBe('known');
    expect(await judge([hashed], 'web2', ed, 2222)).toBe('unknown');
  });

  it('tells a changed key from an unknown one', async () => {
    expect(await judge([line('web1', ed)], 'web1', other)).toBe('changed');
    expect(await judge([line('web1', rsa)], 'web1', ed)).toBe('unknown');
    expect(await judge([line('web1', rsa), line('web1', ed)], 'web1', ed)).toBe('known');
    expect(await judge([], 'web1', ed)).toBe('unknown');
  });

  it('heeds exclusions and revocations, and skips what it cannot read', async () => {
    expect(await judge([line('web*,!web1', ed)], 'web1', ed)).toBe('unknown');
    expect(await judge([line('web1', ed), line('*', ed, '@revoked ')], 'web1', ed)).toBe('revoked');
    expect(await judge([line('*', ed, '@cert-authority ')], 'web1', ed)).toBe('unknown');
    expect(await judge(['# web1', 'rubbish', '', line('web1', ed)], 'web1', ed)).toBe('known');
  });

  it('is added to on a line of its own', async () => {
    const knownHostsFile = join(folder, 'sub', 'new_known_hosts');
    const connection = { transport: 'node-ssh', host: 'web1', port: 2222, knownHostsFile } as const;
    new KnownHosts(connection).add(ed);
    await writeFile(knownHostsFile, (await readFile(knownHostsFile, 'utf8')).trimEnd());
    new KnownHosts({ ...connection, port: 22 }).add(rsa);
    expect(new KnownHosts(connection).judge(ed)).toBe('known');
    expect(new KnownHosts({ ...connection, port: 22 }).judge(rsa)).toBe('known');
    expect(new KnownHosts({ ...connection, port: 22 }).types).toEqual(['ssh-rsa']);
  });
});
