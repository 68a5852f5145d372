import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fetch, partSize } from '../../../engine/modules/files/fetch/index.ts';
import { shells, testModule, TestHost } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';
import { aFile } from '../a-file.ts';

describe.each(shells)('fetch under %s', (shell) => {
  const host = new TestHost({ shell });

  test('every byte arrives below host and path; a second run changes nothing', async () => {
    const at = folder();
    const bytes = Buffer.from([...Array(256).keys(), 10, 10]);
    writeFileSync(`${at}/a file`, bytes);
    const args = { src: `${at}/a file`, dest: `${at}/here` };
    const { result, changed } = await host.apply(fetch, args);
    expect([changed, result.path]).toEqual([true, `${at}/here/host${at}/a file`]);
    expect(readFileSync(result.path).equals(bytes)).toBe(true);
    expect(await host.apply(fetch, args)).toMatchObject({ changed: false, result });
    writeFileSync(`${at}/a file`, 'changed');
    expect((await host.apply(fetch, args)).changed).toBe(true);
    expect(readFileSync(result.path, 'utf8')).toBe('changed');
    expect(readdirSync(`${at}/here/host${at}`)).toEqual(['a file']);
  });

  test.each([0, partSize - 1, partSize, partSize + 1, 2 * partSize + 5])(
    'a file of %i bytes comes in parts',
    async (size) => {
      const at = folder();
      const bytes = Buffer.alloc(size, 'parted\0\n');
      writeFileSync(`${at}/large`, bytes);
      const args = { src: `${at}/large`, dest: `${at}/out`, flat: true };
      const { result } = await host.apply(fetch, args);
      expect(readFileSync(result.path).equals(bytes)).toBe(true);
    },
  );

  test('flat: the file itself, or its name in a folder', async () => {
    const at = folder();
    mkdirSync(`${at}/into`);
    writeFileSync(`${at}/source`, '');
    symlinkSync('source', `${at}/link`);
    const whole = await host.apply(fetch, { src: `${at}/link`, dest: `${at}/copy`, flat: true });
    expect(whole.result.path).toBe(`${at}/copy`);
    const inside = await host.apply(fetch, { src: `${at}/link`, dest: `${at}/into/`, flat: true });
    expect(inside.result.path).toBe(`${at}/into/link`);
  });

  test('what others could not read on the host they cannot read here', async () => {
    const at = folder();
    writeFileSync(`${at}/key`, 'secret');
    chmodSync(`${at}/key`, 0o640);
    const { result } = await host.apply(fetch, { src: `${at}/key`, dest: `${at}/out`, flat: true });
    expect(statSync(result.path).mode & 0o777).toBe(0o600);
  });

  test('a file that may not be read is denied', async () => {
    const at = folder();
    writeFileSync(`${at}/key`, 'secret', { mode: 0o600 });
    const user = new TestHost({ shell, uid: nobody });
    const args = { src: `${at}/key`, dest: `${at}/out`, flat: true };
    await expect(user.apply(fetch, args)).rejects.toThrow('cannot be read');
  });
});

test('a local path that cannot be written is named', async () => {
  const at = folder();
  writeFileSync(`${at}/source`, 'x');
  writeFileSync(`${at}/taken`, '');
  const args = { src: `${at}/source`, dest: `${at}/taken/below`, flat: true };
  await expect(new TestHost().apply(fetch, args)).rejects.toThrow(/taken\/below on the controller/);
});

const there = aFile({ digest: 'ab'.repeat(32) });

describe('plans of fetch', () => {
  const want = { src: '/etc/one', dest: '/nowhere' };
  testModule(
    fetch,
    [
      {
        name: 'a missing file is an error',
        want,
        fails: /cannot fetch \/etc\/one: it does not exist/,
      },
      {
        name: 'a missing file may be nothing to fetch',
        want: { ...want, failOnMissing: false },
        plan: 'same',
        result: { digest: '' },
      },
      {
        name: 'check knows that it would be fetched',
        want,
        is: { file: there },
        check: true,
        plan: 'action',
        differences: [{ what: '/nowhere/host/etc/one', from: 'absent' }],
        invalidates: {},
      },
      {
        name: 'a folder is no file',
        want,
        is: { file: { ...there, type: 'directory' } },
        fails: /\/etc\/one is a directory, not a file/,
      },
    ],
    test,
  );
});
