/** What `certificate` and `kubeconfig` share: a certificate that an authority of the controller signs. */
import { z } from 'zod';
import { StepError } from '../../../errors.ts';
import type { Controller } from '../../../module/module.ts';
import type { Difference } from '../../../module/plan.ts';
import { loadAuthority, type LoadedAuthority } from '../../../pki/authority.ts';
import {
  notesOn,
  parseCertificate,
  reissueReasons,
  summarize,
  type CertificateSummary,
  type Found,
  type Reason,
} from '../../../pki/inspect.ts';
import { issueCertificate, type CertificateRequest, type Issued } from '../../../pki/issue.ts';
import { keyTypes } from '../../../pki/key.ts';
import { nameMistake } from '../../../pki/names.ts';
import { isSecret, reveal, secret, type Secret } from '../../../secrets/secret.ts';
import { isContent, type Content } from '../../../shell/content.ts';
import { secretValue } from '../../shared/argument.ts';

const content = z.custom<Content>(isContent, 'expected a content').meta({ title: 'Content' });

/** A certificate authority of the controller: what `openStore(…).authority(…)` gives, or files. */
export const authorityArg = z.strictObject({
  certificate: z.union([z.string().min(1), content]).describe('PEM, or a local file that holds it'),
  key: z
    .union([z.string().min(1), secretValue, content])
    .describe('PEM as a secret, or a local file that holds it'),
});

/** Arguments about the certificate itself. */
export const orderArgs = {
  ca: authorityArg.describe('the authority that signs, on the controller'),
  subject: z
    .strictObject({
      commonName: z.string().min(1).max(64),
      organizations: z.array(z.string().min(1).max(64)).default([]),
    })
    .describe('common name and organizations; Kubernetes reads them as user and groups'),
  names: z
    .array(z.string().min(1))
    .default([])
    .describe('DNS names and IP addresses of the server'),
  usages: z
    .enum(['server', 'client', 'both'])
    .describe('purpose: server authentication, client authentication or both'),
  days: z.int().min(1).max(36_500).default(365).describe('how long a new certificate is valid'),
  renewBeforeDays: z
    .int()
    .min(0)
    .default(30)
    .describe('reissue it when fewer days than this are left'),
  keyType: z.enum(keyTypes).default('p256').describe('kind of the private key'),
};

const orderSchema = z.object(orderArgs);
type OrderArguments = z.output<typeof orderSchema>;

/**
 * One certificate that may have to be issued; it is issued once, however often it is planned.
 * @example
 * export function certificateFor(
 *   order: toolkit.certificateOrder.CertificateOrder,
 *   found: toolkit.FoundCertificate,
 * ): string {
 *   const reasons = order.reasons(found);
 *   return reasons.length === 0 ? (found.certificate ?? '') : order.issue(reasons).certificate;
 * }
 */
export class CertificateOrder {
  readonly request: CertificateRequest;
  readonly authority: LoadedAuthority;
  readonly #now: number;
  #issued: { readonly issued: Issued; readonly reasons: readonly Reason[] } | undefined;

  /** @param now milliseconds since 1970, by which expiry is judged */
  constructor(request: CertificateRequest, authority: LoadedAuthority, now: number) {
    this.request = request;
    this.authority = authority;
    this.#now = now;
  }

  /** @returns why it must be issued anew; empty when what was found is right */
  reasons(found: Found): readonly Reason[] {
    return reissueReasons(this.request, found, this.authority, this.#now);
  }

  /** @returns certificate with those that signed it (PEM), and key */
  issue(reasons: readonly Reason[]): Issued {
    this.#issued ??= {
      issued: issueCertificate(this.authority, this.request, this.#now),
      reasons,
    };
    return this.#issued.issued;
  }

  /** What is known of a certificate; `reason` when it is the one that was issued here. */
  result(pem: string): CertificateSummary & { readonly reason: string } {
    const certificate = parseCertificate(pem);
    if (!certificate) throw new StepError('the certificate cannot be read');
    const own = this.#issued?.issued.certificate === pem ? this.#issued.reasons : [];
    const reason = own.map((each) => each.reason).join(', ');
    return { ...summarize(certificate, this.#now), reason };
  }

  /** @returns warnings for people */
  notes(pem: string): readonly string[] {
    const certificate = parseCertificate(pem);
    return certificate ? notesOn(certificate, this.request, this.#now) : [];
  }
}

/** Documentation of what both return. */
export const orderReturns = {
  reason: 'why it was issued: missing, issuer, subject, names, usages, expiry, key; or empty',
  subject: 'as CN=…, O=…',
  issuer: 'common name of the authority',
  names: 'DNS names and IP addresses, sorted',
  notAfter: 'end of its validity, ISO 8601',
  daysLeft: 'whole days until then',
  fingerprint: 'sha256 of the certificate, hex',
};

/**
 * Mistakes that the schema cannot say.
 * @param want what a schema of `orderArgs` gives
 * @returns a sentence each, for `mistakes` of a module
 * @example
 * const args = z.strictObject(toolkit.certificateOrder.orderArgs);
 * export const mistakes = (want: z.output<typeof args>): readonly string[] =>
 *   toolkit.certificateOrder.orderMistakes(want);
 */
export function orderMistakes(want: Omit<OrderArguments, 'ca'>): string[] {
  const found = want.names.flatMap((name) => nameMistake(name) ?? []);
  if (want.usages !== 'client' && want.names.length === 0) {
    found.push('a server certificate needs names: clients look for them, not for the common name');
  }
  if (want.renewBeforeDays >= want.days) {
    found.push(`renewBeforeDays (${want.renewBeforeDays}) must be less than days (${want.days})`);
  }
  return found;
}

/**
 * Reads the authority's files.
 * @param want what a schema of `orderArgs` gives
 * @param controller what `prepare` gets
 * @returns the order, for `reads` and `plan`
 * @throws PlaybookError when they are not an authority's
 * @example
 * const args = z.strictObject(toolkit.certificateOrder.orderArgs);
 * export const prepare = (want: z.output<typeof args>, controller: Controller) =>
 *   toolkit.certificateOrder.orderOf(want, controller);
 */
export async function orderOf(
  want: OrderArguments,
  controller: Controller,
): Promise<CertificateOrder> {
  const { certificate, key } = want.ca;
  const authority = {
    certificate: await pem(certificate, controller),
    key: isSecret(key) ? key : secret(await pem(key, controller)),
  };
  const request: CertificateRequest = {
    subject: want.subject,
    names: want.names,
    usages: want.usages === 'both' ? ['server', 'client'] : [want.usages],
    days: want.days,
    renewBeforeDays: want.renewBeforeDays,
    keyType: want.keyType,
  };
  const what = typeof certificate === 'string' && !isPem(certificate) ? certificate : undefined;
  return new CertificateOrder(request, loadAuthority(authority, what), Date.now());
}

/**
 * Certificates of the controller as text.
 * @param given PEM, a Content or a Secret with it, or the path of a local file
 * @param controller what `prepare` gets
 * @returns one text, the certificates as they follow each other in what was given
 * @throws StepError for a file above 1 MiB
 * @example
 * export const authorities = (controller: Controller): Promise<string> =>
 *   toolkit.certificateOrder.pem('ca.crt', controller);
 */
export async function pem(
  given: string | Content | Secret,
  controller: Controller,
): Promise<string> {
  if (isSecret(given)) return reveal(given);
  if (typeof given === 'string' && isPem(given)) return given;
  const found = isContent(given) ? given : await controller.file(given);
  if (found.bytes === undefined)
    throw new StepError('the file of a certificate is smaller than a megabyte');
  return found.bytes.toString('utf8');
}

const isPem = (given: string): boolean => given.includes('-----BEGIN ');

/**
 * The reasons as differences, for people.
 * @param reasons what `CertificateOrder` gives
 * @returns `differences` of a change
 * @example
 * export const differences = toolkit.certificateOrder.reasonDifferences([
 *   { reason: 'expiry', from: '3 days left', to: '365 days' },
 * ]);
 */
export const reasonDifferences = (reasons: readonly Reason[]): Difference[] =>
  reasons.map(({ reason, from, to }) => ({
    what: reason === 'missing' || reason === 'unreadable' ? 'certificate' : reason,
    from,
    to,
  }));
