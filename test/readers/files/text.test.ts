import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { text, textLimit } from '../../../engine/readers/files/text.ts';
import { shells, TestHost } from '../../../engine/testing.ts';
import { askOne, folder, nobody, valueOf } from '../asking.ts';

describe.each(shells)('text reader under %s', (shell) => {
  test('every byte comes back as it is', async () => {
    const path = `${folder()}/bytes`;
    const bytes = Buffer.from([...Array(256).keys(), 13, 10, 10, 10]);
    writeFileSync(path, bytes);
    const value = await valueOf(text(path), { shell });
    expect(value).toEqual({
      kind: 'text',
      bytes,
      size: 260,
      digest: createHash('sha256').update(bytes).digest('hex'),
    });
  });

  test('empty, missing, folder and followed link each have their answer', async () => {
    const at = folder();
    writeFileSync(`${at}/empty`, '');
    mkdirSync(`${at}/sub`);
    symlinkSync('empty', `${at}/link`);
    symlinkSync('gone', `${at}/dangling`);
    const paths = ['empty', 'missing', 'sub', 'link', 'dangling'];
    const answers = await new TestHost({ shell }).ask(paths.map((path) => text(`${at}/${path}`)));
    const kinds = answers.map((one) => (one.answer === 'value' ? one.value.kind : one.answer));
    expect(kinds).toEqual(['text', 'absent', 'not a file', 'text', 'absent']);
  });

  test('256 KiB are read, one byte more is too large', async () => {
    const at = folder();
    writeFileSync(`${at}/fits`, Buffer.alloc(textLimit, 'a'));
    writeFileSync(`${at}/large`, Buffer.alloc(textLimit + 1, 'a'));
    const [fits, large] = await new TestHost({ shell }).ask([
      text(`${at}/fits`),
      text(`${at}/large`),
    ]);
    expect(fits).toMatchObject({ value: { kind: 'text', size: textLimit } });
    expect(large).toEqual({ answer: 'value', value: { kind: 'too large' } });
  });

  test('what may not be read is denied', async () => {
    const path = `${folder()}/secret`;
    writeFileSync(path, 'x');
    chmodSync(path, 0o600);
    expect((await askOne(text(path), { shell, uid: nobody })).answer).toBe('denied');
  });
});
