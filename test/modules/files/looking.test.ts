/** Modules that only look: stat, find, slurp. */
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { find, type FindResult } from '../../../engine/modules/files/find.ts';
import { slurp } from '../../../engine/modules/files/slurp.ts';
import { stat } from '../../../engine/modules/files/stat.ts';
import { textLimit } from '../../../engine/readers/files/text.ts';
import { isSecret, reveal } from '../../../engine/secrets/secret.ts';
import { shells, TestHost, testModule } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { mistakes } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

function someTree(): string {
  const at = folder();
  mkdirSync(`${at}/sub/deep`, { recursive: true });
  writeFileSync(`${at}/a.log`, 'one\ntwo words\n');
  writeFileSync(`${at}/b.txt`, 'x'.repeat(100));
  writeFileSync(`${at}/.hidden.log`, '');
  writeFileSync(`${at}/sub/c.log`, 'three\n');
  writeFileSync(`${at}/sub/deep/d\n"é'.log`, 'two\n');
  symlinkSync('a.log', `${at}/link.log`);
  utimesSync(`${at}/a.log`, 1_000_000, 1_000_000);
  return at;
}

type FindWant = Omit<z.input<typeof find.definition.args>, 'paths'>;

async function found(at: string, want: FindWant, options = {}): Promise<readonly string[]> {
  const { result } = await new TestHost(options).apply(find, { paths: at, ...want });
  return (result as FindResult).paths.map((path) => path.slice(at.length + 1));
}

describe.each(shells)('find under %s', (shell) => {
  test('lists files of a folder, by path, and below it on demand', async () => {
    const at = someTree();
    expect(await found(at, {}, { shell })).toEqual(['a.log', 'b.txt']);
    const all = await found(at, { recurse: true, patterns: ['*.log'] }, { shell });
    expect(all).toEqual(['a.log', 'sub/c.log', 'sub/deep/d\n"é\'.log']);
    expect(await found(at, { recurse: true, depth: 2, patterns: ['*.log'] }, { shell })).toEqual([
      'a.log',
      'sub/c.log',
    ]);
  });

  test('finds what a line says', async () => {
    const at = someTree();
    const said = await found(at, { recurse: true, contains: '^two( words)?$' }, { shell });
    expect(said).toEqual(['a.log', 'sub/deep/d\n"é\'.log']);
    expect(await found(at, { contains: "'; no such $(line)" }, { shell })).toEqual([]);
  });

  test('says what it may not look into', async () => {
    const at = someTree();
    chmodSync(`${at}/sub`, 0o700);
    await expect(found(at, { recurse: true }, { shell, uid: nobody })).rejects.toThrow(
      'cannot be listed whole',
    );
    chmodSync(`${at}/sub`, 0o755);
    chmodSync(`${at}/b.txt`, 0o600);
    await expect(found(at, { contains: 'x' }, { shell, uid: nobody })).rejects.toThrow(
      'cannot be read',
    );
  });
});

describe('find', () => {
  test.each<[string, FindWant, readonly string[]]>([
    ['hidden names', { hidden: true, patterns: ['*.log'] }, ['.hidden.log', 'a.log']],
    ['folders', { type: 'directory', recurse: true }, ['sub', 'sub/deep']],
    ['links', { type: 'link' }, ['link.log']],
    ['anything', { type: 'any' }, ['a.log', 'b.txt', 'link.log', 'sub']],
    ['all but some', { exclude: ['a.*'] }, ['b.txt']],
    ['sets and single signs', { patterns: ['[!a].t?t'] }, ['b.txt']],
    ['a bracket that is not closed', { patterns: ['[a'] }, []],
    ['large ones', { minSize: 50 }, ['b.txt']],
    ['small ones', { maxSize: 50 }, ['a.log']],
    ['old ones', { olderThan: 86_400 }, ['a.log']],
    ['new ones', { newerThan: 86_400 }, ['b.txt']],
  ])('%s', async (_, want, expected) => {
    const clock = { host: Math.floor(Date.now() / 1000), controller: 0 };
    expect(await found(someTree(), want, { facts: { clock } })).toEqual(expected);
  });

  test('a folder that is not there has nothing, a file is none', async () => {
    const at = someTree();
    expect(await found(`${at}/none`, {})).toEqual([]);
    await expect(found(`${at}/a.log`, {})).rejects.toThrow('is no folder');
  });

  test('arguments that contradict each other are mistakes', () => {
    expect(mistakes(find, { paths: '/x', depth: 2 })).toEqual(['depth needs recurse']);
    expect(mistakes(find, { paths: '/x', type: 'link', contains: 'a' })).toEqual([
      'contains needs type file',
    ]);
  });
});

describe.each(shells)('stat and slurp under %s', (shell) => {
  test('stat tells of a link, and of what it leads to', async () => {
    const at = someTree();
    const host = new TestHost({ shell });
    const link = await host.apply(stat, { path: `${at}/link.log` });
    expect(link).toMatchObject({
      changed: false,
      result: { exists: true, type: 'link', target: 'a.log' },
    });
    const file = await host.apply(stat, { path: `${at}/link.log`, follow: true, digest: true });
    expect(file.result).toMatchObject({ type: 'file', size: 14, modified: 1_000_000 });
    expect(file.result.digest).toMatch(/^[0-9a-f]{64}$/);
    const none = await host.apply(stat, { path: `${at}/none` });
    expect(none.result).toEqual({ path: `${at}/none`, exists: false });
  });

  test('slurp gives text, bytes and secrets', async () => {
    const at = folder();
    writeFileSync(`${at}/text`, 'ä\n');
    writeFileSync(`${at}/bytes`, Buffer.from([0, 255]));
    const host = new TestHost({ shell });
    const plain = await host.apply(slurp, { path: `${at}/text` });
    expect(plain.result).toMatchObject({ text: 'ä\n', base64: 'w6QK', size: 3 });
    const bytes = await host.apply(slurp, { path: `${at}/bytes` });
    expect(bytes.result).toMatchObject({ text: '', base64: 'AP8=' });
    const { result } = await host.apply(slurp, { path: `${at}/text`, secret: true });
    expect([result.text, result.base64]).toEqual(['', '']);
    expect(isSecret(result.secret) && reveal(result.secret)).toBe('ä\n');
  });

  test('both are denied what their user may not see', async () => {
    const at = folder();
    writeFileSync(`${at}/text`, 'x', { mode: 0o600 });
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(slurp, { path: `${at}/text` })).rejects.toThrow('cannot be read');
    await expect(user.apply(stat, { path: `${at}/text`, digest: true })).rejects.toThrow(
      'cannot be read',
    );
  });
});

testModule(
  slurp,
  [
    { name: 'a file that is not there is an error', want: { path: '/x' }, fails: /is not there/ },
    {
      name: 'so is a large one',
      want: { path: '/x' },
      is: { text: { kind: 'too large' } },
      fails: new RegExp(`more than ${textLimit} bytes`),
    },
    {
      name: 'and what is no text cannot be a secret',
      want: { path: '/x', secret: true },
      is: { text: { kind: 'text', bytes: Buffer.from([255]), size: 1, digest: '' } },
      fails: /is not UTF-8/,
    },
  ],
  test,
);
