/** What a cluster keeps in the controller's store: keys for encryption, and the token to join with. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore, toolkit, type PkiStore } from 'tsplay';
import { bootstrapToken, encryptionKeys } from '../../../kubernetes/index.ts';
import { folder } from '../../readers/asking.ts';

const { reveal } = toolkit;

/** A store in which a person wrote this file. */
function storeWith(name: string, text: string): PkiStore {
  const at = join(folder(), 'pki');
  mkdirSync(at, { mode: 0o700 });
  writeFileSync(join(at, name), text, { mode: 0o600 });
  return openStore(at, { check: false });
}

test('a token of six and sixteen letters is made once', () => {
  const store = openStore(join(folder(), 'pki'), { check: false });
  const token = bootstrapToken(store, 'token');
  expect(reveal(token.whole)).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
  expect(reveal(token.whole)).toBe(`${token.id}.${reveal(token.secret)}`);
  expect(bootstrapToken(store, 'token').id).toBe(token.id);
});

test('one key of 32 bytes is made once', () => {
  const store = openStore(join(folder(), 'pki'), { check: false });
  const keys = encryptionKeys(store, 'keys').map(({ secret }) => reveal(secret));
  expect(keys.map((key) => Buffer.from(key, 'base64').length)).toEqual([32]);
  expect(encryptionKeys(store, 'keys').map(({ secret }) => reveal(secret))).toEqual(keys);
});

test('encryption keys keep the order and the names that a person gave them', () => {
  const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
  const keys = encryptionKeys(storeWith('keys', `key2 ${key(2)}\nkey1 ${key(1)}\n`), 'keys');
  expect(keys.map(({ name, secret }) => [name, reveal(secret)])).toEqual([
    ['key2', key(2)],
    ['key1', key(1)],
  ]);
});

test('a bootstrap token in an old form is refused, and not shown', () => {
  const old = '41f7e4ba8b7be874fcff18bf5cf41a7c';
  const fails = () => bootstrapToken(storeWith('token', `${old}\n`), 'token');
  expect(fails).toThrow(/pki\/token is no bootstrap token/);
  expect(fails).not.toThrow(old);
});

test('an encryption key that is too short is refused with its line, and not shown', () => {
  const fails = () => encryptionKeys(storeWith('keys', 'key1 c2hvcnQ=\n'), 'keys');
  expect(fails).toThrow(/line 1 of .*pki\/keys is no encryption key/);
  expect(fails).not.toThrow('c2hvcnQ=');
});
