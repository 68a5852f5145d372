import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { filesFrom, type SourceFile } from '../../../engine/module/file-source.ts';
import { mirror } from '../../../engine/modules/files/mirror/index.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import {
  runScript,
  shells,
  testModule,
  TestHost,
  type HostOptions,
} from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

const tools = { has: { tar: true, gzip: true } };
const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8);

/** Files from texts, by path. */
const sourceOf = (texts: Readonly<Record<string, string | Buffer>>, packed = false) =>
  filesFrom('texts', async () =>
    Object.entries(texts).map(([path, text]): SourceFile => {
      const bytes = Buffer.from(text);
      return {
        path,
        content: contentOf(bytes),
        ...(packed && { gzip: contentOf(gzipSync(bytes)) }),
      };
    }),
  );

/** What a folder holds: text of files by path. */
function held(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((entry) => {
      const path = `${entry.parentPath}/${entry.name}`;
      return [path.slice(root.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

const hard = {
  'with space': 'a',
  'new\nline': 'b',
  '-rf': 'c',
  "it's": 'd',
  $HOME: 'e',
  'ünï ☃': 'f',
  'back\\slash': 'g',
  '%s': 'h',
  [`long${'x'.repeat(180)}`]: 'i',
  'a/deep/folder/of/its own/file': 'j',
  empty: '',
};

describe.each(shells)('mirror under %s', (shell) => {
  const host = (more: HostOptions = {}) => new TestHost({ shell, facts: tools, ...more });

  test.each([
    ['plain', false],
    ['compressed', true],
  ])(
    'files with hard names arrive %s in one stream; a second run changes nothing',
    async (_, packed) => {
      const dest = `${folder()}/to`;
      const args = { source: sourceOf(hard, packed), dest };
      const first = await host().apply(mirror, args);
      expect(held(dest)).toEqual(hard);
      expect(first.plan.plan === 'change' && scriptOf(first.plan).streams).toHaveLength(1);
      expect(
        first.plan.plan === 'change' && scriptOf(first.plan).text.includes('play_unpack'),
      ).toBe(true);
      const { ino } = statSync(`${dest}/with space`);
      expect(await host().apply(mirror, args)).toMatchObject({ changed: false });
      expect(statSync(`${dest}/with space`).ino).toBe(ino);
      expect(readdirSync(dest)).toHaveLength(11);
    },
  );

  test('every byte arrives, and large files too', async () => {
    const dest = folder();
    const files = {
      bytes: Buffer.from([...Array(256).keys()]),
      large: Buffer.alloc(3_000_001, 'abc\n'),
      block: Buffer.alloc(512, 1),
    };
    await host().apply(mirror, { source: sourceOf(files, true), dest });
    for (const [name, bytes] of Object.entries(files)) {
      expect(readFileSync(`${dest}/${name}`).equals(bytes)).toBe(true);
    }
  });

  test('only what differs is sent', async () => {
    const dest = folder();
    await host().apply(mirror, { source: sourceOf({ a: '1', b: '2' }), dest });
    const step = await host().apply(mirror, { source: sourceOf({ a: '1', b: '3' }), dest });
    expect(step.plan.plan === 'change' && step.plan.differences.map(({ what }) => what)).toEqual([
      `${dest}/b`,
    ]);
    expect(held(dest)).toEqual({ a: '1', b: '3' });
  });

  test('a host without tar gets one stream a file', async () => {
    const dest = folder();
    const plain = host({ facts: { has: {} } });
    await plain.apply(mirror, { source: sourceOf({ a: '1', 'b/c': '2' }), dest });
    expect(held(dest)).toEqual({ a: '1', 'b/c': '2' });
  });

  test('modes and owners of files are as wanted, and of new folders', async () => {
    const dest = `${folder()}/bin`;
    const args = {
      source: sourceOf({ program: 'x', 'conf/file': 'y' }),
      dest,
      mode: '0750',
      directoryMode: '0711',
      owner: nobody,
      group: 'nogroup',
    };
    await host().apply(mirror, args);
    expect([modeOf(dest), modeOf(`${dest}/conf`), modeOf(`${dest}/program`)]).toEqual([
      '711',
      '711',
      '750',
    ]);
    expect(statSync(`${dest}/conf/file`).uid).toBe(nobody);
    chmodSync(`${dest}/program`, 0o777);
    const { ino } = statSync(`${dest}/program`);
    const again = await host().apply(mirror, args);
    expect(again.plan).toMatchObject({ differences: [{ what: `mode of ${dest}/program` }] });
    expect([statSync(`${dest}/program`).ino, modeOf(`${dest}/program`)]).toEqual([ino, '750']);
  });

  test('the owner of a file whose content changes is kept where nobody is asked for', async () => {
    const dest = folder();
    writeFileSync(`${dest}/a`, 'old');
    chownSync(`${dest}/a`, nobody, nobody);
    await host().apply(mirror, { source: sourceOf({ a: 'new' }), dest });
    expect(statSync(`${dest}/a`).uid).toBe(nobody);
  });

  test('delete removes what is not in the source, links and whole folders too', async () => {
    const dest = folder();
    mkdirSync(`${dest}/old/deep`, { recursive: true });
    writeFileSync(`${dest}/old/deep/file`, '');
    writeFileSync(`${dest}/gone`, '');
    symlinkSync('/etc', `${dest}/link`);
    const args = { source: sourceOf({ 'kept/a': '1' }), dest };
    await host().apply(mirror, args);
    expect(existsSync(`${dest}/gone`)).toBe(true);
    const step = await host().apply(mirror, { ...args, delete: true });
    expect(readdirSync(dest)).toEqual(['kept']);
    expect(step.plan.plan === 'change' && step.plan.differences.map(({ what }) => what)).toEqual([
      `${dest}/gone`,
      `${dest}/link`,
      `${dest}/old`,
    ]);
    expect(existsSync('/etc/passwd')).toBe(true);
  });

  test('a link at the place of a file is replaced, and what it names is left alone', async () => {
    const dest = folder();
    writeFileSync(`${dest}/target`, 'kept');
    symlinkSync('target', `${dest}/a`);
    await host().apply(mirror, { source: sourceOf({ a: 'new' }), dest });
    expect(lstatSync(`${dest}/a`).isSymbolicLink()).toBe(false);
    expect(held(dest)).toEqual({ a: 'new', target: 'kept' });
  });

  test('a stream that is not what was promised replaces nothing', async () => {
    const dest = folder();
    writeFileSync(`${dest}/a`, 'old');
    const plan = await host().plan(mirror, { source: sourceOf({ a: 'new', b: 'x' }), dest });
    if (plan.plan !== 'change') throw new Error('nothing was to be done');
    const [stream] = scriptOf(plan).streams;
    const zeros = contentOf(Buffer.alloc(stream?.size ?? 0));
    const output = await runScript({ ...scriptOf(plan), streams: [zeros] }, { shell });
    expect(output.code).not.toBe(0);
    expect(output.stderr).toContain(dest);
    expect(readdirSync(dest)).toEqual(['a']);
    expect(readFileSync(`${dest}/a`, 'utf8')).toBe('old');
  });

  test('a folder that may not be written is named with the cause', async () => {
    const dest = folder();
    const step = host({ uid: nobody }).apply(mirror, { source: sourceOf({ a: '1' }), dest });
    await expect(step).rejects.toThrow(`cannot write into ${dest}/: nobody may not write in`);
  });
});

test(
  'a local folder is taken with what may be run; a thousand files are one stream',
  { timeout: 60_000 },
  async () => {
    const from = folder();
    for (let index = 0; index < 1000; index += 1) writeFileSync(`${from}/${index}`, `${index}\n`);
    writeFileSync(`${from}/run`, '#!/bin/sh\n');
    chmodSync(`${from}/run`, 0o755);
    const dest = `${folder()}/to`;
    const host = new TestHost({ facts: tools });
    const step = await host.apply(mirror, { src: from, dest });
    expect(step.plan.plan === 'change' && scriptOf(step.plan).streams).toHaveLength(1);
    expect(Object.keys(held(dest))).toHaveLength(1001);
    expect([modeOf(`${dest}/run`), modeOf(`${dest}/7`)]).toEqual(['755', '644']);
    expect(await host.apply(mirror, { src: from, dest })).toMatchObject({ changed: false });
  },
);

test('an apply that did nothing is seen', async () => {
  const host = new TestHost({ facts: tools, skipApply: true });
  const step = host.apply(mirror, { source: sourceOf({ a: '1' }), dest: folder() });
  await expect(step).rejects.toThrow('applied, but');
});

testModule(
  mirror,
  [
    {
      name: 'src and source together are refused',
      want: { src: 'a', source: sourceOf({}), dest: '/srv' },
      fails: /exactly one of src and source/,
    },
    {
      name: 'a file that is wanted and not there is named, with what there is',
      want: { source: sourceOf({ kubectl: '' }), only: ['kubelet'], dest: '/srv' },
      fails: /texts has no kubelet/,
    },
    {
      name: 'a path that leads out of the folder is refused',
      want: { source: sourceOf({ '../etc/passwd': '' }), dest: '/srv' },
      fails: /no path below the destination/,
    },
    {
      name: 'a missing parent of the folder is an error, not made silently',
      want: { source: sourceOf({ a: '' }), dest: '/srv/none/to' },
      fails: /its folder \/srv\/none is missing/,
    },
  ],
  test,
);
