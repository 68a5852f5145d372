/** Certificate authorities: made, or given as certificate and key, and checked before they sign. */
import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { PlaybookError } from '../errors.ts';
import type { Secret } from '../secrets/secret.ts';
import { encodeCertificate, pemOf, type Subject } from './encode.ts';
import { keyText, newKey, requireKey, type KeyType } from './key.ts';

/** What signs certificates, as modules take it. */
export interface Authority {
  /** PEM; the first certificate signs, others are those that signed it. */
  readonly certificate: string;
  readonly key: Secret;
}

export interface AuthoritySubject extends Subject {
  /** Default 3650. */
  readonly days?: number | undefined;
  /** Default p256. */
  readonly keyType?: KeyType | undefined;
}

/** An authority whose certificate and key were parsed and fit each other. */
export interface LoadedAuthority {
  readonly name: string;
  readonly own: X509Certificate;
  readonly key: KeyObject;
  /** What follows a certificate in its file: the authorities up to the one that signed itself. */
  readonly chain: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export const day = 86_400_000;
/** Clocks of hosts may be behind by this: a new certificate is valid at once. */
const backdate = 5 * 60_000;

/** The moment from which something made now is valid; whole seconds. */
export const validFrom = (now: number): Date =>
  new Date(Math.floor((now - backdate) / 1000) * 1000);

/** Makes an authority that signs itself. @param now milliseconds since 1970 */
export function makeAuthority(subject: AuthoritySubject, now: number): Authority {
  const key = newKey(subject.keyType ?? 'p256');
  const notBefore = validFrom(now);
  const fields = {
    subject,
    publicKey: createPublicKey(key),
    notBefore,
    notAfter: new Date(notBefore.getTime() + (subject.days ?? 3650) * day),
    names: [],
    usages: [],
    isAuthority: true,
  };
  return {
    certificate: pemOf(encodeCertificate(fields, { key })),
    key: keyText(key),
  };
}

/**
 * @param what names the authority in messages
 * @throws PlaybookError when the certificate is no authority's or the key is not its key
 */
export function loadAuthority(authority: Authority, what = 'the authority'): LoadedAuthority {
  const [first, ...rest] = certificatesIn(authority.certificate);
  if (first === undefined) throw new PlaybookError(`${what} has no certificate in PEM`);
  const own = parsed(first, what);
  const name = commonNameOf(own, 'subject');
  const called = `the certificate '${name}' of ${what}`;
  if (!own.ca) {
    throw new PlaybookError(`${called} is not an authority's`, {
      hint: 'openssl x509 -text must show CA:TRUE',
    });
  }
  const key = requireKey(authority.key, `the key of ${what}`);
  if (!own.checkPrivateKey(key))
    throw new PlaybookError(`the key of ${what} is not that of '${name}'`);
  const isRoot = (pem: string): boolean => {
    const one = parsed(pem, what);
    return one.subject === one.issuer && one.verify(one.publicKey);
  };
  return {
    name,
    own,
    key,
    chain: [first, ...rest].filter((pem) => !isRoot(pem)).join(''),
    notBefore: new Date(own.validFrom),
    notAfter: new Date(own.validTo),
  };
}

/** The name by which people know who a certificate is of or from. */
export function commonNameOf(certificate: X509Certificate, of: 'subject' | 'issuer'): string {
  const name = [certificate.toLegacyObject()[of].CN].flat()[0];
  return name ?? certificate[of];
}

/** The certificates of a PEM text, one text each. */
export function certificatesIn(pem: string): readonly string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return found.map((one) => `${one}\n`);
}

function parsed(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new PlaybookError(`${what} has a certificate that cannot be read`, { cause });
  }
}
