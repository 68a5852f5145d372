import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { getUrl } from '../../../engine/modules/files/get-url/index.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { TestHost, testModule, type HostOptions } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { mounted } from '../hard-places.ts';
import { serving } from '../serving.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 60_000 });

type Want = z.input<typeof getUrl.definition.args>;

const bytes = Buffer.alloc(300_000, 'tsplay ');
const sha256 = createHash('sha256').update(bytes).digest('hex');

/** Hosts that fetch by curl under dash, and by busybox's wget. */
const hosts: readonly (readonly [string, HostOptions])[] = [
  ['curl under dash', { shell: 'dash' }],
  ['busybox', { shell: 'busybox' }],
];

describe.each(hosts)('getUrl by %s', (_, options) => {
  test('a file with its sha256 is fetched once, with its mode', async () => {
    const server = await serving({ '/file': bytes });
    const dest = `${folder()}/file`;
    const host = new TestHost(options);
    const want: Want = { url: `${server.url}/file`, dest, sha256, mode: '0640' };
    expect((await host.apply(getUrl, want)).changed).toBe(true);
    expect(readFileSync(dest).equals(bytes)).toBe(true);
    expect(statSync(dest).mode & 0o7777).toBe(0o640);
    expect((await host.apply(getUrl, want)).changed).toBe(false);
    expect(server.asked).toHaveLength(1);
  });

  test('a download that breaks off is continued by the next run', async () => {
    const server = await serving({ '/file': bytes });
    server.cutAfter = 100_000;
    const at = folder();
    const host = new TestHost(options);
    const want: Want = { url: `${server.url}/file`, dest: `${at}/file`, sha256, timeout: 2 };
    await expect(host.apply(getUrl, want)).rejects.toThrow(/cannot fetch .*\/file/);
    expect(readdirSync(at)).toEqual(['.file.play-part']);
    expect(statSync(`${at}/.file.play-part`).mode & 0o7777).toBe(0o600);
    await host.apply(getUrl, want);
    expect(readFileSync(`${at}/file`).equals(bytes)).toBe(true);
    expect(server.asked.at(-1)).toMatch(/^GET \/file bytes=[1-9]\d*-$/);
    expect(readdirSync(at)).toEqual(['file']);
  });

  test('a full disk is named, and what was fetched goes', async () => {
    const server = await serving({ '/file': bytes });
    const at = mounted('size=128k');
    const want: Want = { url: `${server.url}/file`, dest: `${at}/file`, sha256 };
    await expect(new TestHost(options).apply(getUrl, want)).rejects.toThrow(
      `cannot write ${at}/file: the disk is full`,
    );
    expect(readdirSync(at)).toEqual([]);
  });

  test('another file than promised is not kept', async () => {
    const server = await serving({ '/file': 'other' });
    const at = folder();
    writeFileSync(`${at}/file`, 'old');
    const want: Want = { url: `${server.url}/file`, dest: `${at}/file`, sha256 };
    await expect(new TestHost(options).apply(getUrl, want)).rejects.toThrow(
      new RegExp(`/file has the sha256 \\w{64}, not ${sha256}; it was not kept`),
    );
    expect([readdirSync(at), readFileSync(`${at}/file`, 'utf8')]).toEqual([['file'], 'old']);
  });

  test('without sha256 a file that is there stays, refresh writes only what differs', async () => {
    const server = await serving({ '/file': 'new' });
    const dest = `${folder()}/file`;
    writeFileSync(dest, 'old');
    const host = new TestHost(options);
    const want: Want = { url: `${server.url}/file`, dest };
    expect((await host.apply(getUrl, want)).changed).toBe(false);
    expect(server.asked).toEqual([]);
    expect((await host.apply(getUrl, { ...want, refresh: true })).changed).toBe(true);
    expect(readFileSync(dest, 'utf8')).toBe('new');
    const { mtimeMs, ino } = statSync(dest);
    expect((await host.apply(getUrl, { ...want, refresh: true })).changed).toBe(false);
    expect(statSync(dest)).toMatchObject({ mtimeMs, ino });
    expect(server.asked).toHaveLength(2);
  });

  test('with refresh a file that is missing is fetched', async () => {
    const server = await serving({ '/file': 'new' });
    const dest = `${folder()}/file`;
    const want: Want = { url: `${server.url}/file`, dest, refresh: true, mode: '0640' };
    const host = new TestHost(options);
    expect((await host.apply(getUrl, want)).changed).toBe(true);
    expect(readFileSync(dest, 'utf8')).toBe('new');
    expect((await host.apply(getUrl, want)).changed).toBe(false);
  });

  test('what a server refuses is told', async () => {
    const server = await serving({});
    const want: Want = { url: `${server.url}/none`, dest: `${folder()}/file` };
    await expect(new TestHost(options).apply(getUrl, want)).rejects.toThrow(
      /cannot fetch .*\/none: [^]*404/,
    );
  });
});

test('with a sha256 check knows the digest of the file, without one nothing', async () => {
  const host = new TestHost();
  const want: Want = { url: 'http://127.0.0.1:9/file', dest: `${folder()}/file`, mode: '0640' };
  const known = async (more: Partial<Want>) => {
    const plan = await host.plan(getUrl, { ...want, ...more });
    return plan.plan === 'same' ? [] : (plan.after ?? []).map(({ answer }) => answer);
  };
  const right = {
    answer: 'value',
    value: expect.objectContaining({ digest: sha256, mode: '0640' }),
  };
  expect(await known({ sha256 })).toContainEqual(right);
  expect(new Set((await known({})).map(({ answer }) => answer))).toEqual(new Set(['unknown']));
});

test('a server without ranges starts from the beginning', async () => {
  const server = await serving({ '/file': bytes });
  server.ranges = false;
  const at = folder();
  writeFileSync(`${at}/.file.play-part`, 'half of something else', { mode: 0o600 });
  await new TestHost().apply(getUrl, { url: `${server.url}/file`, dest: `${at}/file`, sha256 });
  expect(readFileSync(`${at}/file`).equals(bytes)).toBe(true);
});

test('a rest that does not fit is thrown away', async () => {
  const server = await serving({ '/file': bytes });
  const at = folder();
  writeFileSync(`${at}/.file.play-part`, 'x'.repeat(1000), { mode: 0o600 });
  await new TestHost().apply(getUrl, { url: `${server.url}/file`, dest: `${at}/file`, sha256 });
  expect(readFileSync(`${at}/file`).equals(bytes)).toBe(true);
});

test('a link that lies where the rest would be is not followed', async () => {
  const server = await serving({ '/file': bytes });
  const at = folder();
  writeFileSync(`${at}/victim`, 'untouched');
  symlinkSync('victim', `${at}/.file.play-part`);
  await new TestHost().apply(getUrl, { url: `${server.url}/file`, dest: `${at}/file`, sha256 });
  expect(readFileSync(`${at}/victim`, 'utf8')).toBe('untouched');
});

test('dest that ends with / gets the name of the URL', async () => {
  const server = await serving({ '/a/file.txt?x=1': 'text' });
  const at = folder();
  mkdirSync(`${at}/sub`);
  await new TestHost().apply(getUrl, { url: `${server.url}/a/file.txt?x=1`, dest: `${at}/sub/` });
  expect(readFileSync(`${at}/sub/file.txt`, 'utf8')).toBe('text');
});

test('a secret header arrives, and never stands in a command line', async () => {
  const server = await serving({ '/file': 'text' });
  const dest = `${folder()}/file`;
  const headers = { authorization: secret('Bearer hunter2 "\\') };
  const want: Want = { url: `${server.url}/file`, dest, headers };
  const { plan } = await new TestHost().apply(getUrl, want);
  expect(server.headers[0]?.authorization).toBe('Bearer hunter2 "\\');
  const script = plan.plan === 'change' ? scriptOf(plan).text : '';
  expect(script).not.toMatch(/(curl|wget) [^\n]*hunter2/);
});

test('wget is not given a secret', async () => {
  const server = await serving({ '/file': 'text' });
  const headers = { authorization: secret('Bearer hunter2') };
  const want: Want = { url: `${server.url}/file`, dest: `${folder()}/file`, headers };
  const host = new TestHost({ shell: 'busybox' });
  await expect(host.apply(getUrl, want)).rejects.toThrow(
    "wget cannot send secrets; install curl on the host, or set from: 'controller'",
  );
});

describe('from the controller', () => {
  test('it fetches, keeps by sha256, and sends', async () => {
    vi.stubEnv('TSPLAY_CACHE', folder());
    const server = await serving({ '/file': bytes });
    server.cutAfter = 100_000;
    const at = folder();
    const want: Want = { url: `${server.url}/file`, dest: `${at}/a`, sha256, from: 'controller' };
    const host = new TestHost();
    await expect(host.apply(getUrl, want)).rejects.toThrow(/broke off/);
    expect((await host.apply(getUrl, want)).changed).toBe(true);
    expect((await host.apply(getUrl, { ...want, dest: `${at}/b` })).changed).toBe(true);
    expect((await host.apply(getUrl, want)).changed).toBe(false);
    expect(readFileSync(`${at}/b`).equals(bytes)).toBe(true);
    expect(server.asked).toHaveLength(2);
    expect(server.asked[1]).toMatch(/bytes=\d+-/);
    vi.unstubAllEnvs();
  });

  test('with refresh what is equal is not written', async () => {
    vi.stubEnv('TSPLAY_CACHE', folder());
    const server = await serving({ '/file': 'text' });
    const dest = `${folder()}/file`;
    const want: Want = { url: `${server.url}/file`, dest, refresh: true, from: 'controller' };
    const basicAuth = { user: 'me', password: secret('pass') };
    const host = new TestHost();
    expect((await host.apply(getUrl, { ...want, basicAuth })).changed).toBe(true);
    expect((await host.apply(getUrl, { ...want, basicAuth })).changed).toBe(false);
    const word = Buffer.from('me:pass').toString('base64');
    expect(server.headers[0]?.authorization).toBe(`Basic ${word}`);
    vi.unstubAllEnvs();
  });

  test('another file than promised is told', async () => {
    vi.stubEnv('TSPLAY_CACHE', folder());
    const server = await serving({ '/file': 'other' });
    const want: Want = { url: `${server.url}/file`, dest: '/x', sha256, from: 'controller' };
    await expect(new TestHost().apply(getUrl, want)).rejects.toThrow(/has the sha256 \w{64}, not/);
    vi.unstubAllEnvs();
  });
});

const url = 'http://example.org/file';
testModule(
  getUrl,
  [
    {
      name: 'sha256 leaves nothing to refresh',
      want: { url, dest: '/x', sha256, refresh: true },
      fails: /refresh has no meaning/,
    },
    {
      name: 'the controller needs to know when',
      want: { url, dest: '/x', from: 'controller' },
      fails: /needs sha256 or refresh/,
    },
    {
      name: 'a folder that is missing is named',
      want: { url, dest: '/nowhere/x' },
      fails: /folder \/nowhere is missing/,
    },
    {
      name: 'a URL without a name needs one',
      want: { url: 'http://example.org/', dest: '/x/' },
      fails: /names no file/,
    },
  ],
  test,
);
