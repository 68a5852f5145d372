/** Private keys of certificates, made on the controller. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { PlaybookError } from '../errors.ts';
import { reveal, secret, type Secret } from '../secrets/secret.ts';

export const keyTypes = ['p256', 'rsa2048', 'rsa4096'] as const;
export type KeyType = (typeof keyTypes)[number];

/** A new private key. RSA takes a tenth of a second and more, P-256 less than a millisecond. */
export function newKey(type: KeyType): KeyObject {
  if (type === 'p256') return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength: Number(type.slice(3)) }).privateKey;
}

/** What kind of key it is: one of `keyTypes`, or the name of another kind. */
export function keyTypeOf(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') return namedCurve === 'prime256v1' ? 'p256' : `${namedCurve}`;
  return `${key.asymmetricKeyType}${modulusLength ?? ''}`;
}

/** The key as PKCS #8, which Go, OpenSSL and Java read whatever its kind. */
export const keyText = (key: KeyObject): Secret =>
  secret(key.export({ type: 'pkcs8', format: 'pem' }).toString());

/** @returns undefined for what is no private key, or one with a passphrase */
export function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** @param what names the key in the message. @throws PlaybookError */
export function requireKey(pem: Secret, what: string): KeyObject {
  const key = parseKey(reveal(pem));
  if (key) return key;
  throw new PlaybookError(`${what} is not a private key in PEM without a passphrase`);
}
