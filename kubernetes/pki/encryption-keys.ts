/** Keys that secrets in etcd are encrypted with: those that are kept, and those that a host has. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PlaybookError, secret, toolkit, type PkiStore, type Secret } from 'tsplay';

const { reveal } = toolkit;

/** A key that secrets in etcd are encrypted with. */
export interface EncryptionKey {
  readonly name: string;
  /** 32 bytes in base64. */
  readonly secret: Secret;
}

/**
 * The keys of the store's file NAME, lines `key1 BASE64`: the first encrypts, all decrypt. A key is
 * added, moved and taken away by hand; one of 32 random bytes is made where there is no file.
 * @param store where they are kept
 * @param name of the file
 * @returns in the order of the file
 * @throws PlaybookError that names the line that is no key
 * @example
 * export const keysOf = (run: Run): readonly EncryptionKey[] =>
 *   encryptionKeys(openStore('.play/pki/prod', { check: run.check }), 'encryption-keys');
 */
export function encryptionKeys(store: PkiStore, name: string): readonly EncryptionKey[] {
  const made = (): string => `key1 ${randomBytes(32).toString('base64')}`;
  const lines = reveal(store.secret(name, made)).split('\n');
  return lines.map((line, index) => {
    const [, key = '', text = ''] = /^([a-z0-9-]+) ([A-Za-z0-9+/]{43}=)$/.exec(line) ?? [];
    if (key !== '') return { name: key, secret: secret(text) };
    const file = join(store.directory, name);
    throw new PlaybookError(`line ${index + 1} of ${file} is no encryption key`, {
      hint: "write a name and 32 bytes in base64: 'key2 …='",
    });
  });
}

type Fields = Readonly<Record<string, unknown>>;

const fields = (of: unknown): Fields =>
  typeof of === 'object' && of !== null && !Array.isArray(of) ? (of as Fields) : {};
const list = (of: unknown): readonly Fields[] => (Array.isArray(of) ? of.map(fields) : []);

/**
 * The keys in the API server's EncryptionConfiguration, as a host has it, whatever the provider.
 * @param configuration YAML; what cannot be read has no keys
 * @returns in the order of the file
 * @example
 * const configuration = secret('resources: [{ providers: [{ secretbox: { keys: [] } }] }]');
 * export const names = encryptionKeysIn(configuration).map(({ name }) => name);
 */
export function encryptionKeysIn(configuration: Secret): readonly EncryptionKey[] {
  return list(fields(parsed(configuration))['resources'])
    .flatMap((resource) => list(resource['providers']))
    .flatMap((provider) => Object.values(provider))
    .flatMap((provider) => list(fields(provider)['keys']))
    .flatMap(({ name, secret: key }) =>
      typeof name === 'string' && typeof key === 'string' ? [{ name, secret: secret(key) }] : [],
    );
}

function parsed(configuration: Secret): unknown {
  try {
    return parse(reveal(configuration));
  } catch {
    return undefined;
  }
}
