/** Looks at a certificate, and says why it must be issued anew. */
import { X509Certificate } from 'node:crypto';
import { certificatesIn, commonNameOf, day, type LoadedAuthority } from './authority.ts';
import type { Subject, Usage } from './encode.ts';
import { dateOf, type CertificateRequest } from './issue.ts';
import { keyTypeOf, parseKey } from './key.ts';
import { namesIn, plainNames } from './names.ts';

/** Why a certificate is issued anew; also what differs, for people. */
export type ReasonName =
  | 'missing'
  | 'unreadable'
  | 'issuer'
  | 'subject'
  | 'names'
  | 'usages'
  | 'expiry'
  | 'key'
  | 'chain';

/** Why a certificate is issued anew, and what was found and wanted. */
export interface Reason {
  readonly reason: ReasonName;
  readonly from: string;
  readonly to: string;
}

/** What a certificate says, for results and reports. */
export interface CertificateSummary {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly notAfter: string;
  /** Whole days from now; negative when it has expired. */
  readonly daysLeft: number;
  /** sha256 of the certificate, lower-case hex. */
  readonly fingerprint: string;
}

/** Certificate and key as they are on the host; undefined where the file is absent. */
export interface Found {
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

/** @returns undefined for what is no certificate in PEM */
export function parseCertificate(pem: string): X509Certificate | undefined {
  const [first] = certificatesIn(pem);
  if (first === undefined) return undefined;
  try {
    return new X509Certificate(first);
  } catch {
    return undefined;
  }
}

/** @param now milliseconds since 1970 */
export function summarize(certificate: X509Certificate, now: number): CertificateSummary {
  return {
    subject: subjectText(certificate),
    issuer: commonNameOf(certificate, 'issuer'),
    names: namesIn(certificate.subjectAltName),
    notAfter: new Date(certificate.validTo).toISOString(),
    daysLeft: daysLeft(certificate, now),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

const daysLeft = (certificate: X509Certificate, now: number): number =>
  Math.floor((Date.parse(certificate.validTo) - now) / day);

/**
 * Everything for which the certificate must be issued anew; empty when it is right.
 * @param now milliseconds since 1970
 */
export function reissueReasons(
  request: CertificateRequest,
  found: Found,
  authority: LoadedAuthority,
  now: number,
): readonly Reason[] {
  const to = `issued by ${authority.name}`;
  if (found.certificate === undefined) return [{ reason: 'missing', from: 'absent', to }];
  const is = parseCertificate(found.certificate);
  if (!is) return [{ reason: 'unreadable', from: 'not a certificate', to }];
  return [
    ...issuerReasons(is, authority),
    ...differing('subject', subjectText(is), textOf(request.subject)),
    ...nameReasons(namesIn(is.subjectAltName), plainNames(request.names)),
    ...differing('usages', usagesOf(is).join(' '), usagesText(request.usages)),
    ...expiryReasons(is, request, authority, now),
    ...keyReasons(is, found.key, request),
    ...chainReasons(found.certificate, authority),
  ];
}

/** What of the certificate will not do, though a new one would be no better. */
export function notesOn(is: X509Certificate, request: CertificateRequest, now: number): string[] {
  const left = daysLeft(is, now);
  if (left >= request.renewBeforeDays) return [];
  return [`it expires in ${left} days together with its authority, which must be renewed first`];
}

function issuerReasons(is: X509Certificate, authority: LoadedAuthority): Reason[] {
  if (is.checkIssued(authority.own) && is.verify(authority.own.publicKey)) return [];
  const issuer = commonNameOf(is, 'issuer');
  const from = issuer === authority.name ? `another ${issuer}` : issuer;
  return [{ reason: 'issuer', from, to: authority.name }];
}

/** Only what is too much and what is missing: a server may have dozens of names. */
function nameReasons(is: readonly string[], wanted: readonly string[]): Reason[] {
  const extra = is.filter((name) => !wanted.includes(name));
  const missing = wanted.filter((name) => !is.includes(name));
  if (extra.length + missing.length === 0) return [];
  const from = [...extra, ...missing.map((name) => `no ${name}`)].join(', ');
  const to = [...missing, ...extra.map((name) => `no ${name}`)].join(', ');
  return [{ reason: 'names', from, to }];
}

function expiryReasons(
  is: X509Certificate,
  request: CertificateRequest,
  authority: LoadedAuthority,
  now: number,
): Reason[] {
  const end = new Date(is.validTo);
  const left = daysLeft(is, now);
  if (left >= request.renewBeforeDays) return [];
  // A new one would end with its authority as well.
  if (end.getTime() >= authority.notAfter.getTime() && end.getTime() > now) return [];
  const from = left < 0 ? `expired ${dateOf(end)}` : `${left} days left (${dateOf(end)})`;
  return [{ reason: 'expiry', from, to: `${request.days} days` }];
}

function keyReasons(
  is: X509Certificate,
  pem: string | undefined,
  request: CertificateRequest,
): Reason[] {
  const to = `new ${request.keyType} key`;
  if (pem === undefined) return [{ reason: 'key', from: 'absent', to }];
  const key = parseKey(pem);
  if (!key) return [{ reason: 'key', from: 'not a private key', to }];
  if (!is.checkPrivateKey(key)) return [{ reason: 'key', from: 'not that of the certificate', to }];
  return differing('key', `${keyTypeOf(key)} key`, `${request.keyType} key`);
}

function chainReasons(pem: string, authority: LoadedAuthority): Reason[] {
  const chain = certificatesIn(pem).slice(1);
  const wanted = certificatesIn(authority.chain);
  if (chain.join('') === wanted.join('')) return [];
  return [
    { reason: 'chain', from: `${chain.length} authorities`, to: `${wanted.length} authorities` },
  ];
}

const differing = (reason: ReasonName, from: string, to: string): Reason[] =>
  from === to ? [] : [{ reason, from: from === '' ? 'none' : from, to: to === '' ? 'none' : to }];

/** `O=system:masters, CN=kubernetes-admin`, with everything else that the subject has. */
function subjectText(certificate: X509Certificate): string {
  const parts = Object.entries({ ...certificate.toLegacyObject().subject }).flatMap(
    ([name, value]) => [value].flat().map((text) => `${name}=${text}`),
  );
  return parts.toSorted().join(', ');
}

function textOf({ commonName, organizations = [] }: Subject): string {
  return [...organizations.map((name) => `O=${name}`), `CN=${commonName}`].toSorted().join(', ');
}

function usagesOf(certificate: X509Certificate): string[] {
  // undefined where the extension is not there, whatever its type says
  const purposes = certificate.keyUsage as readonly string[] | undefined;
  const names = (purposes ?? []).map((oid) => {
    if (oid === serverAuth) return 'server';
    return oid === clientAuth ? 'client' : oid;
  });
  return names.toSorted();
}

const usagesText = (usages: readonly Usage[]): string => usages.toSorted().join(' ');
