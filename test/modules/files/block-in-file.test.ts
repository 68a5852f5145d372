import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { blockInFile } from '../../../engine/modules/files/block-in-file.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { shells, testModule, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

type Arguments = Omit<z.input<typeof blockInFile.definition.args>, 'path'>;
const marker = '# {mark} x';

async function edited(before: string | Buffer, args: Arguments): Promise<string> {
  const path = `${folder()}/file`;
  writeFileSync(path, before);
  const host = new TestHost();
  const changed = (await host.apply(blockInFile, { path, marker, ...args })).changed;
  const after = readFileSync(path);
  expect(changed).toBe(!after.equals(Buffer.from(before)));
  expect((await host.apply(blockInFile, { path, marker, ...args })).changed).toBe(false);
  return after.toString('latin1');
}

describe('the file afterwards', () => {
  test.each<[string, string, Arguments, string]>([
    ['a new block comes last', 'a\n', { block: 'b\nc\n' }, 'a\n# BEGIN x\nb\nc\n# END x\n'],
    [
      'an equal block is left',
      '# BEGIN x\nb\n# END x\n',
      { block: 'b' },
      '# BEGIN x\nb\n# END x\n',
    ],
    [
      'a block is replaced in its place',
      '1\n# BEGIN x\nb\nc\n# END x\n2\n',
      { block: 'd' },
      '1\n# BEGIN x\nd\n# END x\n2\n',
    ],
    [
      'an empty block between markers is filled',
      '# BEGIN x\n# END x\n',
      { block: 'd' },
      '# BEGIN x\nd\n# END x\n',
    ],
    [
      'CRLF of the file is kept',
      'a\r\n',
      { block: 'b\nc' },
      'a\r\n# BEGIN x\r\nb\r\nc\r\n# END x\r\n',
    ],
    [
      'an equal block with CRLF is left',
      '# BEGIN x\r\nb\r\n# END x\r\n',
      { block: 'b' },
      '# BEGIN x\r\nb\r\n# END x\r\n',
    ],
    [
      'no final newline: the block starts on a line of its own',
      'a',
      { block: 'b' },
      'a\n# BEGIN x\nb\n# END x\n',
    ],
    [
      'a last marker without newline stays so',
      '# BEGIN x\na\n# END x',
      { block: 'b' },
      '# BEGIN x\nb\n# END x',
    ],
    ['insertAfter', 'a\nb\n', { block: 'c', insertAfter: '^a' }, 'a\n# BEGIN x\nc\n# END x\nb\n'],
    ['insertBefore BOF', 'a\n', { block: 'c', insertBefore: 'BOF' }, '# BEGIN x\nc\n# END x\na\n'],
    [
      'absent: block and markers go',
      '1\n# BEGIN x\nb\n# END x\n2\n',
      { state: 'absent' },
      '1\n2\n',
    ],
    ['an empty block goes', '1\n# BEGIN x\nb\n# END x\n', { block: '' }, '1\n'],
    ['absent: without a block nothing happens', '1\n', { state: 'absent' }, '1\n'],
    ['empty lines inside are kept', '', { block: 'a\n\nb\n\n' }, '# BEGIN x\na\n\nb\n\n# END x\n'],
    [
      'blocks of other markers are left',
      '# BEGIN y\n1\n# END y\n',
      { block: 'b' },
      '# BEGIN y\n1\n# END y\n# BEGIN x\nb\n# END x\n',
    ],
    [
      'own words for the marker',
      '',
      { block: 'b', markerBegin: '<', markerEnd: '$&' },
      '# < x\nb\n# $& x\n',
    ],
    [
      'an indented marker is no marker',
      '  # BEGIN x\n',
      { block: 'b' },
      '  # BEGIN x\n# BEGIN x\nb\n# END x\n',
    ],
  ])('%s', async (_, before, args, after) => {
    expect(await edited(before, args)).toBe(after);
  });

  test('bytes that are not UTF-8 stay as they are', async () => {
    const before = Buffer.from('\xff\n# BEGIN x\n\xfe\n# END x\n\xe9\n', 'latin1');
    expect(await edited(before, { block: 'ü' })).toBe('\xff\n# BEGIN x\n\xc3\xbc\n# END x\n\xe9\n');
  });
});

describe('a damaged block is an error that names the lines', () => {
  test.each([
    ['a\n# BEGIN x\nb\n', "'# BEGIN x' stands on line 2, '# END x' on line none"],
    ['# END x\n', "'# BEGIN x' stands on line none, '# END x' on line 1"],
    ['# END x\n# BEGIN x\n', "'# BEGIN x' stands on line 2, '# END x' on line 1"],
    [
      '# BEGIN x\n# END x\n\n# BEGIN x\n# END x\n',
      "'# BEGIN x' stands on line 1, 4, '# END x' on line 2, 5",
    ],
  ])('%j', async (before, message) => {
    const path = `${folder()}/file`;
    writeFileSync(path, before);
    for (const state of ['present', 'absent'] as const) {
      await expect(
        new TestHost().plan(blockInFile, { path, marker, block: 'b', state }),
      ).rejects.toThrow(`${path} does not hold one whole block: ${message}`);
    }
  });
});

describe.each(shells)('under %s', (shell) => {
  test('a new file is made with create, a second run changes nothing', async () => {
    const path = `${folder()}/hosts`;
    const host = new TestHost({ shell });
    const args = { path, block: '10.0.0.1 one\n', create: true };
    await host.apply(blockInFile, args);
    expect(readFileSync(path, 'utf8')).toBe(
      '# BEGIN PLAY MANAGED BLOCK\n10.0.0.1 one\n# END PLAY MANAGED BLOCK\n',
    );
    expect((await host.apply(blockInFile, args)).changed).toBe(false);
  });

  test('an apply that does nothing fails its verification', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, '');
    const idle = new TestHost({ shell, skipApply: true });
    await expect(idle.apply(blockInFile, { path, block: 'b' })).rejects.toThrow(
      /^applied, but block/,
    );
  });

  test('a file that may not be read is denied', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, '', { mode: 0o600 });
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(blockInFile, { path, block: 'b' })).rejects.toThrow('cannot be read');
  });
});

test('a secret block is counted, not shown', async () => {
  const path = `${folder()}/file`;
  writeFileSync(path, '');
  const host = new TestHost({ diff: true });
  const { plan } = await host.apply(blockInFile, { path, block: secret('hunter2') });
  expect(JSON.stringify(plan.plan === 'change' && plan.differences)).not.toContain('hunter2');
  expect(readFileSync(path, 'utf8')).toContain('hunter2');
});

describe('refused arguments', () => {
  const path = '/etc/file';
  testModule(
    blockInFile,
    [
      {
        name: 'a marker without {mark}',
        want: { path, marker: '# mine' },
        fails: /marker needs \{mark\}/,
      },
      { name: 'markers that are equal', want: { path, markerEnd: 'BEGIN' }, fails: /must differ/ },
      {
        name: 'a marker of two lines',
        want: { path, marker: '#\n{mark}' },
        fails: /must be one line/,
      },
      {
        name: 'a block that holds its own marker',
        want: { path, marker, block: 'a\n# END x\nb' },
        fails: /block holds one of its own markers/,
      },
      {
        name: 'a file that is not there',
        want: { path, block: 'a' },
        fails: /\/etc\/file is not there/,
      },
    ],
    test,
  );
});
