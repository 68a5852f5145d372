import { lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { shells, testModule, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

type Arguments = Omit<z.input<typeof lineInFile.definition.args>, 'path'>;

/** What the file holds after two runs, of which the second must change nothing. */
async function edited(before: string | Buffer, args: Arguments, host = new TestHost()) {
  const path = `${folder()}/file`;
  writeFileSync(path, before);
  const first = await host.apply(lineInFile, { path, ...args });
  expect((await host.apply(lineInFile, { path, ...args })).changed).toBe(false);
  return { text: readFileSync(path, 'latin1'), changed: first.changed };
}

describe('the file afterwards', () => {
  test.each<[string, string, Arguments, string]>([
    ['a missing line comes last', 'a\n', { line: 'b' }, 'a\nb\n'],
    ['a line that is there stays where it is', 'b\na\n', { line: 'b' }, 'b\na\n'],
    [
      'the last match is replaced',
      'k=1\nx\nk=2\n',
      { regexp: '^k=', line: 'k=3' },
      'k=1\nx\nk=3\n',
    ],
    ['without a match the line is added', 'x\n', { regexp: '^k=', line: 'k=3' }, 'x\nk=3\n'],
    ['a RegExp is taken too', 'K=1\n', { regexp: /^k=/giu, line: 'k=3' }, 'k=3\n'],
    ['CRLF is kept, an equal line is left', 'a\r\nb\r\n', { line: 'a' }, 'a\r\nb\r\n'],
    ['a replaced line keeps its CRLF', 'a\r\nb\r\n', { regexp: '^a', line: 'aa' }, 'aa\r\nb\r\n'],
    ['an added line gets the CRLF of its file', 'a\r\n', { line: 'b' }, 'a\r\nb\r\n'],
    ['mixed endings stay mixed', 'a\nb\r\nc\n', { regexp: '^b', line: 'b2' }, 'a\nb2\r\nc\n'],
    [
      'no final newline stays so when the last line is replaced',
      'a\nk=1',
      { regexp: '^k', line: 'k=2' },
      'a\nk=2',
    ],
    [
      'a line added after one without an ending does not grow onto it',
      'a',
      { line: 'b' },
      'a\nb\n',
    ],
    ['an empty file gets the line', '', { line: 'a' }, 'a\n'],
    [
      'insertAfter: after the last match',
      'x1\ny\nx2\nz\n',
      { line: 'n', insertAfter: '^x' },
      'x1\ny\nx2\nn\nz\n',
    ],
    ['insertAfter: at the end without a match', 'a\n', { line: 'n', insertAfter: 'q' }, 'a\nn\n'],
    ['insertAfter EOF', 'a\n', { line: 'n', insertAfter: 'EOF' }, 'a\nn\n'],
    [
      'insertBefore: before the last match',
      'x1\nx2\n',
      { line: 'n', insertBefore: '^x' },
      'x1\nn\nx2\n',
    ],
    ['insertBefore BOF', 'a\n', { line: 'n', insertBefore: 'BOF' }, 'n\na\n'],
    [
      'insertAfter a last line without an ending',
      'a\nb',
      { line: 'n', insertAfter: 'b' },
      'a\nb\nn\n',
    ],
    [
      '$, backslash and & are plain in the line',
      'k=1\n',
      { regexp: '^k=', line: 'k=$1 \\n $& `x`' },
      'k=$1 \\n $& `x`\n',
    ],
    ['absent: all that match go', 'k=1\nx\nk=2\n', { regexp: '^k=', state: 'absent' }, 'x\n'],
    [
      'absent: the line goes, each time it stands there',
      'a\nb\na\n',
      { line: 'a', state: 'absent' },
      'b\n',
    ],
    ['absent: a part of a line is not the line', 'ab\n', { line: 'a', state: 'absent' }, 'ab\n'],
    ['empty lines count', 'a\n\nb\n', { line: 'c', insertAfter: '^$' }, 'a\n\nc\nb\n'],
  ])('%s', async (_, before, args, after) => {
    const { text, changed } = await edited(before, args);
    expect(text).toBe(after);
    expect(changed).toBe(before !== after);
  });

  test('bytes that are not UTF-8 stay as they are', async () => {
    const before = Buffer.from('caf\xe9\nk=1\nna\xefve \xff\xfe\n', 'latin1');
    const { text } = await edited(before, { regexp: '^k=', line: 'k=ü' });
    expect(text).toBe('caf\xe9\nk=\xc3\xbc\nna\xefve \xff\xfe\n');
  });

  test('letters beyond ASCII are one character to the expression', async () => {
    const { text } = await edited('größe=1\n', { regexp: '^gr..e=', line: 'größe=2' });
    expect(Buffer.from(text, 'latin1').toString('utf8')).toBe('größe=2\n');
  });
});

describe.each(shells)('under %s', (shell) => {
  const host = new TestHost({ shell, diff: true });

  test('owner and mode stay, the diff is shown', async () => {
    const path = `${folder()}/a file`;
    writeFileSync(path, 'a\n', { mode: 0o600 });
    const { plan } = await host.apply(lineInFile, { path, line: 'b' });
    expect(plan).toMatchObject({
      differences: [{ text: { path, before: 'a\n', after: 'a\nb\n' } }],
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('a link is followed and stays', async () => {
    const at = folder();
    writeFileSync(`${at}/real`, 'a\n');
    symlinkSync('real', `${at}/link`);
    await host.apply(lineInFile, { path: `${at}/link`, line: 'b' });
    expect(lstatSync(`${at}/link`).isSymbolicLink()).toBe(true);
    expect(readFileSync(`${at}/real`, 'utf8')).toBe('a\nb\n');
  });

  test('create makes the file, with the mode that was asked for', async () => {
    const path = `${folder()}/file`;
    const args = { path, line: 'a', create: true, mode: '0600' };
    await host.apply(lineInFile, args);
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['a\n', 0o600]);
    expect((await host.apply(lineInFile, args)).changed).toBe(false);
  });

  test('validation that fails leaves the file', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, 'a\n');
    const args = { path, line: 'b', validate: 'echo no b here; ! grep -q b %s' };
    await expect(host.apply(lineInFile, args)).rejects.toThrow(
      /did not pass validation[^]*no b here/,
    );
    expect(readFileSync(path, 'utf8')).toBe('a\n');
  });

  test('a file above the limit is named with it', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, Buffer.alloc(300_000, 'a\n'));
    await expect(host.apply(lineInFile, { path, line: 'b' })).rejects.toThrow(
      `${path} has 300000 bytes: files above 262144 are not edited`,
    );
  });

  test('an apply that does nothing fails its verification', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, 'a\n');
    const idle = new TestHost({ shell, skipApply: true });
    await expect(idle.apply(lineInFile, { path, line: 'b' })).rejects.toThrow(/^applied, but line/);
  });

  test('a file that may not be read is denied', async () => {
    const path = `${folder()}/file`;
    writeFileSync(path, 'a\n', { mode: 0o600 });
    const user = new TestHost({ shell, uid: nobody });
    await expect(user.apply(lineInFile, { path, line: 'b' })).rejects.toThrow('cannot be read');
  });
});

test('several matches are told, with their lines', async () => {
  const path = `${folder()}/file`;
  writeFileSync(path, 'k=1\nk=2\n');
  const plan = await new TestHost().plan(lineInFile, { path, regexp: '^k=', line: 'k=2' });
  expect(plan).toMatchObject({
    plan: 'same',
    notes: ['regexp matches lines 1, 2: the last counts'],
  });
});

test('what is replaced is shown with its line number, what goes with its text', async () => {
  const path = `${folder()}/file`;
  writeFileSync(path, 'a\nk=1\n');
  const host = new TestHost();
  const replaced = await host.plan(lineInFile, { path, regexp: '^k=', line: 'k=2' });
  expect(replaced).toMatchObject({ differences: [{ what: 'line 2', from: 'k=1', to: 'k=2' }] });
  const gone = await host.plan(lineInFile, { path, line: 'a', state: 'absent' });
  expect(gone).toMatchObject({ differences: [{ what: 'line', from: 'a', to: 'absent' }] });
  const all = await host.plan(lineInFile, { path, regexp: '.', state: 'absent' });
  expect(all).toMatchObject({ differences: [{ what: 'line', from: '2 lines', to: 'absent' }] });
});

test('a secret line is counted, not shown', async () => {
  const path = `${folder()}/file`;
  writeFileSync(path, 'a\n');
  const host = new TestHost({ diff: true });
  const { plan } = await host.apply(lineInFile, { path, line: secret('key=hunter2') });
  const differences = plan.plan === 'change' ? plan.differences : [];
  expect(differences).toEqual([{ what: 'line', from: 'absent', to: '1 line', secret: true }]);
  expect(readFileSync(path, 'utf8')).toBe('a\nkey=hunter2\n');
});

test('a folder is no file to edit', async () => {
  const path = `${folder()}/sub`;
  mkdirSync(path);
  await expect(new TestHost().plan(lineInFile, { path, line: 'b' })).rejects.toThrow(
    'is a directory',
  );
});

describe('refused arguments', () => {
  const path = '/etc/file';
  testModule(
    lineInFile,
    [
      {
        name: 'a line of two lines',
        want: { path, line: 'a\nb' },
        fails: /line must be one line/,
      },
      {
        name: 'a regexp that does not match its own line',
        want: { path, regexp: '^key=', line: 'key = x' },
        fails: /does not match line: each run would add another line/,
      },
      { name: 'no line', want: { path }, fails: /state present needs line/ },
      {
        name: 'nothing that is to go',
        want: { path, state: 'absent' },
        fails: /needs line or regexp/,
      },
      {
        name: 'no expression',
        want: { path, line: 'a', regexp: '(' },
        fails: /regexp is not a regular/,
      },
      {
        name: 'two places',
        want: { path, line: 'a', insertAfter: 'x', insertBefore: 'y' },
        fails: /insertAfter or insertBefore, not both/,
      },
      {
        name: 'a file that is not there',
        want: { path, line: 'a' },
        fails: /\/etc\/file is not there/,
      },
      {
        name: 'absent from a missing file is the same',
        want: { path, line: 'a', state: 'absent' },
        plan: 'same',
      },
    ],
    test,
  );
});
