/** Issues a certificate with a new key. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { PlaybookError } from '../errors.ts';
import type { Secret } from '../secrets/secret.ts';
import { day, validFrom, type LoadedAuthority } from './authority.ts';
import { encodeCertificate, pemOf, type Subject, type Usage } from './encode.ts';
import { keyText, newKey, type KeyType } from './key.ts';
import { plainNames } from './names.ts';

export interface CertificateRequest {
  readonly subject: Subject;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
  readonly usages: readonly Usage[];
  /** How long it is valid, at most as long as its authority. */
  readonly days: number;
  /** It is issued anew when fewer days are left. */
  readonly renewBeforeDays: number;
  readonly keyType: KeyType;
}

export interface Issued {
  /** PEM, followed by the authorities between it and the root. */
  readonly certificate: string;
  readonly key: Secret;
}

/**
 * @param now milliseconds since 1970
 * @throws PlaybookError when the authority has expired
 */
export function issueCertificate(
  authority: LoadedAuthority,
  request: CertificateRequest,
  now: number,
): Issued {
  if (authority.notAfter.getTime() <= now) {
    throw new PlaybookError(
      `the authority ${authority.name} expired ${dateOf(authority.notAfter)}`,
      {
        hint: 'renew its certificate; hosts must trust the old and the new one during the change',
      },
    );
  }
  const key = newKey(request.keyType);
  const notAfter = Math.min(
    validFrom(now).getTime() + request.days * day,
    authority.notAfter.getTime(),
  );
  const notBefore = Math.max(validFrom(now).getTime(), authority.notBefore.getTime());
  const fields = {
    subject: request.subject,
    publicKey: createPublicKey(key),
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    names: plainNames(request.names),
    usages: request.usages,
    isAuthority: false,
  };
  const signer = { key: authority.key, certificate: authority.own.raw };
  const pem = pemOf(encodeCertificate(fields, signer));
  const made = new X509Certificate(pem);
  if (!made.checkIssued(authority.own) || !made.verify(authority.own.publicKey)) {
    throw new Error(`the certificate for ${request.subject.commonName} does not verify`);
  }
  return { certificate: pem + authority.chain, key: keyText(key) };
}

/** A day in UTC: 2026-03-31. */
export const dateOf = (date: Date): string => date.toISOString().slice(0, 10);
