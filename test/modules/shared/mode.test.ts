import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { modeSchema, resolveMode } from '../../../engine/modules/shared/mode.ts';
import { folder } from '../../readers/asking.ts';

const symbolic = [
  'u=rwX,g-w',
  'a+x',
  'u+s',
  'g+s,o-rwx',
  'ug=rw,o=',
  'o=u',
  'g=u-w',
  'u-x+w',
  '+t',
  'a=rX',
  'u=,g=,o=',
  'go-rwxX',
  'u+X',
  'u=s',
  'g=o',
];
const starts = ['0644', '0755', '0600', '2750', '4711', '1777', '0000'];

describe('a symbolic mode is what chmod makes of it', () => {
  test.each(symbolic)('%s', (mode) => {
    const at = folder();
    writeFileSync(`${at}/file`, '');
    mkdirSync(`${at}/folder`);
    for (const start of starts) {
      for (const name of ['file', 'folder']) {
        const path = `${at}/${name}`;
        chmodSync(path, Number.parseInt(start, 8));
        execFileSync('sh', ['-c', 'umask 0; exec chmod -- "$1" "$2"', 'sh', mode, path]);
        const made = (statSync(path).mode & 0o7777).toString(8).padStart(4, '0');
        const ours = resolveMode(mode, start, name === 'folder');
        expect(`${name} ${start} ${mode}: ${ours}`).toBe(`${name} ${start} ${mode}: ${made}`);
      }
    }
  });
});

test('octal modes come out with four digits', () => {
  expect(['0644', '644', '1777', '02755'].map((mode) => resolveMode(mode, '0000', false))).toEqual([
    '0644',
    '0644',
    '1777',
    '2755',
  ]);
});

test('a number is refused with what to write instead', () => {
  expect(modeSchema.safeParse(644).error?.issues[0]?.message).toBe(
    "a mode is a string: write '0644', not 644",
  );
});

test.each(['9999', 'rw-r--r--', 'u=rw g=r', 'u=q', '', '00644644', 'x=rw'])(
  '%j is no mode',
  (mode) => {
    expect(modeSchema.safeParse(mode).success).toBe(false);
  },
);
