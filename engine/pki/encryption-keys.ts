/** Keys in the API server's EncryptionConfiguration, as a host has it. */
import { parse } from 'yaml';
import { reveal, secret, type Secret } from '../secrets/secret.ts';
import type { EncryptionKey } from './store.ts';

type Fields = Readonly<Record<string, unknown>>;

const fields = (of: unknown): Fields =>
  typeof of === 'object' && of !== null && !Array.isArray(of) ? (of as Fields) : {};
const list = (of: unknown): readonly Fields[] => (Array.isArray(of) ? of.map(fields) : []);

/**
 * All keys that secrets may be encrypted with, whatever the provider.
 * @param configuration YAML; what cannot be read has no keys
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
