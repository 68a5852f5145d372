import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadAuthority } from '../../engine/pki/authority.ts';
import { openStore } from '../../engine/pki/store.ts';
import { writeFolderOnce, writeOnce } from '../../engine/pki/store-files.ts';
import { reveal } from '../../engine/secrets/secret.ts';
import { folder } from '../readers/asking.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const ca = { commonName: 'kubernetes-ca' };

describe('what is made', () => {
  test('nothing is written before something is asked for', () => {
    const at = join(folder(), 'pki');
    openStore(at, { check: false });
    expect(existsSync(at)).toBe(false);
  });

  test('an authority is made once, for its owner alone', () => {
    const at = join(folder(), 'deep', 'pki');
    const made = openStore(at, { check: false }).authority('ca', ca);
    expect(openStore(at, { check: false }).authority('ca', ca)).toBe(made);
    expect([at, `${at}/ca`, `${at}/ca/ca.key`].map(modeOf)).toEqual(['700', '700', '600']);
    expect(readFileSync(`${at}/ca/ca.crt`, 'utf8')).toBe(made.certificate);
    expect(readdirSync(at)).toEqual(['ca']);
    expect(loadAuthority(made).name).toBe('kubernetes-ca');
  });

  test('what is there is taken, whatever subject is asked for', () => {
    const at = join(folder(), 'pki');
    const made = openStore(at, { check: false }).authority('ca', ca);
    const again = otherProcess(at, "store.authority('ca', { commonName: 'other' }).certificate");
    expect(again).toBe(made.certificate);
  });

  test('secrets, passwords, key pairs and tokens are kept', () => {
    const at = join(folder(), 'pki');
    const store = openStore(at, { check: false });
    const word = reveal(store.password('word', 8));
    expect(word).toMatch(/^[a-z0-9]{8}$/);
    expect(reveal(store.secret('given', () => 'first'))).toBe('first');
    expect(reveal(store.secret('given', () => 'second'))).toBe('first');
  });

  test('two processes that begin together end with the same authority', () => {
    const at = folder();
    writeFolderOnce(`${at}/ca`, { 'ca.crt': 'first', 'ca.key': 'first' });
    writeFolderOnce(`${at}/ca`, { 'ca.crt': 'second', 'ca.key': 'second' });
    expect(readFileSync(`${at}/ca/ca.key`, 'utf8')).toBe('first');
    expect(writeOnce(`${at}/word`, 'first\n')).toBe('first\n');
    expect(writeOnce(`${at}/word`, 'second\n')).toBe('first\n');
    expect(readdirSync(at).toSorted()).toEqual(['ca', 'word']);
  });
});

describe('in check', () => {
  test('nothing is written, and what was made stays the same within the run', () => {
    const at = join(folder(), 'pki');
    const store = openStore(at, { check: true });
    expect(store.authority('ca', ca)).toBe(store.authority('ca', ca));
    expect(store.keyPair('sa', 'p256')).toBe(store.keyPair('sa', 'p256'));
    expect(reveal(store.password('word', 8))).toBe(reveal(store.password('word', 8)));
    expect(existsSync(at)).toBe(false);
  });

  test('what is there is used', () => {
    const at = join(folder(), 'pki');
    const made = openStore(at, { check: false }).authority('ca', ca);
    expect(openStore(at, { check: true }).authority('ca', ca).certificate).toBe(made.certificate);
  });
});

describe('what is refused', () => {
  test.each([
    ['the folder', '', '755', /pki has the mode 0755: others may use it/],
    ["an authority's folder", 'ca', '750', /pki\/ca has the mode 0750/],
    ['a key', 'ca/ca.key', '640', /ca\.key has the mode 0640/],
  ])('%s that others may use', (_, file, mode, message) => {
    const at = join(folder(), 'pki');
    openStore(at, { check: false }).authority('ca', ca);
    chmodSync(join(at, file), Number.parseInt(mode, 8));
    expect(() => openStore(at, { check: true }).authority('ca', ca)).toThrow(message);
  });

  test('an authority without its key: a new one would shut out every host', () => {
    const at = join(folder(), 'pki');
    openStore(at, { check: false }).authority('ca', ca);
    rmSync(`${at}/ca/ca.key`);
    const fails = () => openStore(at, { check: true }).authority('ca', ca);
    expect(fails).toThrow(/pki\/ca has no ca\.key/);
  });

  test("a key that is another authority's", () => {
    const at = join(folder(), 'pki');
    const store = openStore(at, { check: false });
    store.authority('one', ca);
    store.authority('other', ca);
    writeFileSync(`${at}/one/ca.key`, readFileSync(`${at}/other/ca.key`));
    const fails = () => openStore(at, { check: true }).authority('one', ca);
    expect(fails).toThrow(/the key of .*pki\/one is not that of 'kubernetes-ca'/);
  });

  test('a name that leaves the folder', () => {
    const store = openStore(folder(), { check: true });
    expect(() => store.secret('../word', () => 'x')).toThrow(/cannot name something/);
  });
});

/** What another process finds in the folder. */
function otherProcess(directory: string, expression: string): string {
  const script = `
    import { openStore } from './engine/pki/store.ts';
    import { reveal } from './engine/secrets/secret.ts';
    const store = openStore(${JSON.stringify(directory)}, { check: false });
    process.stdout.write(${expression});`;
  return execFileSync('node', ['--import', 'tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
}
