import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { readTar } from '../../engine/module/read-tar.ts';

const folder = mkdtempSync(join(tmpdir(), 'tar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function archiveOf(...parts: readonly Buffer[]): string {
  count += 1;
  const path = join(folder, `${count}.tar`);
  writeFileSync(path, Buffer.concat([...parts, Buffer.alloc(1024)]));
  return path;
}

/** Paths with what they hold. */
async function read(archive: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  await readTar(archive, ({ path }) => {
    found[path] = '';
    return (bytes) => {
      found[path] += bytes.toString();
    };
  });
  return found;
}

interface Fields {
  readonly name: string;
  readonly type?: string;
  readonly content?: string | Buffer;
  /** The field itself, where it is not the content's length. */
  readonly size?: Buffer;
  readonly magic?: string;
}

function member({ name, type = '0', content = '', size, magic = 'ustar\0' }: Fields): Buffer {
  const bytes = Buffer.from(content);
  const block = Buffer.alloc(512);
  block.write(name, 0);
  (size ?? Buffer.from(bytes.length.toString(8).padStart(11, '0'))).copy(block, 124);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write(magic, 257);
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(sum.toString(8).padStart(6, '0') + '\0', 148);
  return Buffer.concat([block, bytes, Buffer.alloc(-bytes.length & 511)]);
}

const pax = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  const all = length + String(length + String(length).length).length;
  return `${all}${rest}`;
};

const long = `${'folder-with-a-long-name/'.repeat(8)}ä-file`;

describe.each(['ustar', 'pax', 'gnu', 'oldgnu'])('an archive of the format %s', (format) => {
  test('is read with the names it has', async () => {
    const at = mkdtempSync(join(folder, 'made-'));
    const names = format === 'ustar' ? ['short', 'a/'.repeat(60) + 'b'] : ['short', long];
    for (const name of names) {
      mkdirSync(join(at, name, '..'), { recursive: true });
      writeFileSync(join(at, name), `in ${name}`);
    }
    const archive = join(at, '..', `${format}.tar`);
    execFileSync('tar', [`--format=${format}`, '-cf', archive, '-C', at, '.']);
    const found = await read(archive);
    expect(found).toEqual(Object.fromEntries(names.map((name) => [name, `in ${name}`])));
    writeFileSync(`${archive}.gz`, gzipSync(readFileSync(archive)));
    expect(await read(`${archive}.gz`)).toEqual(found);
  });
});

test('name and size of pax count for the member behind them alone', async () => {
  const archive = archiveOf(
    member({ name: 'pax', type: 'x', content: pax('path', 'real/näme') + pax('mtime', '1.5') }),
    member({ name: 'short', content: 'one' }),
    member({ name: 'pax', type: 'x', content: pax('size', '3') }),
    member({ name: 'sized', content: 'two', size: Buffer.from('00000000000') }),
    member({ name: 'last', content: 'three' }),
  );
  expect(await read(archive)).toEqual({ 'real/näme': 'one', sized: 'two', last: 'three' });
});

test('a comment for all members, as git archive writes it, is passed over', async () => {
  const archive = archiveOf(
    member({ name: 'pax_global_header', type: 'g', content: pax('comment', 'abc') }),
    member({ name: 'a', content: 'x' }),
  );
  expect(await read(archive)).toEqual({ a: 'x' });
});

test('a size of GNU in binary is read', async () => {
  const size = Buffer.from('800000000000000000000003', 'hex');
  expect(await read(archiveOf(member({ name: 'a', content: 'xyz', size })))).toEqual({ a: 'xyz' });
});

test('only files are handed out', async () => {
  const archive = archiveOf(
    ...['1', '2', '3', '4', '5', '6'].map((type) => member({ name: `type-${type}`, type })),
    member({ name: 'old', type: '\0', content: 'x' }),
  );
  expect(await read(archive)).toEqual({ old: 'x' });
});

test.each<[string, readonly Buffer[], RegExp]>([
  ['no archive', [Buffer.alloc(512, 'x')], /it is no tar archive/],
  ['a damaged header', [member({ name: 'a' }).fill('b', 0, 1)], /a header is damaged/],
  ['a size that is none', [member({ name: 'a', size: Buffer.from('x') })], /a header has no size/],
  [
    'a negative size',
    [member({ name: 'a', size: Buffer.alloc(12, 0xff) })],
    /a header has no size/,
  ],
  ['a sparse file of GNU', [member({ name: 'a', type: 'S' })], /a in it is a sparse file/],
  [
    'a sparse file of pax',
    [
      member({ name: 'p', type: 'x', content: pax('GNU.sparse.major', '1') }),
      member({ name: 'a' }),
    ],
    /a in it is a sparse file/,
  ],
  ['a part of several volumes', [member({ name: 'a', type: 'M' })], /type that is not known: M/],
  [
    'one name for all',
    [member({ name: 'p', type: 'g', content: pax('path', 'x') })],
    /gives all members one name/,
  ],
  [
    'a damaged header of pax',
    [member({ name: 'p', type: 'x', content: '99 path=x\n' })],
    /a header of pax is damaged/,
  ],
  [
    'a header larger than memory should hold',
    [member({ name: 'p', type: 'x', size: Buffer.from('77777777777') })],
    /too large/,
  ],
])('%s is refused', async (_, parts, said) => {
  await expect(read(archiveOf(...parts))).rejects.toThrow(said);
});

test('an archive that is cut short is refused', async () => {
  const archive = archiveOf(member({ name: 'a', content: 'x'.repeat(5000) }));
  truncateSync(archive, 2000);
  await expect(read(archive)).rejects.toThrow('cut short or damaged');
});

test('a sparse file that tar itself made is refused, and named', async () => {
  const at = mkdtempSync(join(folder, 'sparse-'));
  writeFileSync(join(at, 'hole'), 'x');
  truncateSync(join(at, 'hole'), 1024 * 1024);
  for (const format of ['gnu', 'pax']) {
    execFileSync('tar', [`--format=${format}`, '-Scf', `${at}/${format}.tar`, '-C', at, 'hole']);
    await expect(read(`${at}/${format}.tar`)).rejects.toThrow('a sparse file');
  }
});
