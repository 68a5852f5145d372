/**
 * The only file that writes DER: the fields of a certificate become bytes, signed by node:crypto.
 * The ASN.1 library is loaded when the first certificate is written: a run that issues nothing
 * does not wait for it.
 */
import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import type * as AsnSchema from '@peculiar/asn1-schema';
import type * as AsnX509 from '@peculiar/asn1-x509';
import { PlaybookError } from '../errors.ts';

export interface Subject {
  readonly commonName: string;
  readonly organizations?: readonly string[] | undefined;
}

export type Usage = 'server' | 'client';

export interface CertificateFields {
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
  /** An authority has none: it signs certificates and lists of revoked ones. */
  readonly usages: readonly Usage[];
  readonly isAuthority: boolean;
}

export interface Signer {
  readonly key: KeyObject;
  /** DER of the signer's own certificate; none for a certificate that signs itself. */
  readonly certificate?: Buffer | undefined;
}

type Schema = Pick<typeof AsnSchema, 'AsnConvert' | 'OctetString'>;
type X509 = Omit<typeof AsnX509, 'default'>;

let library: (X509 & Schema) | undefined;

function asn1(): X509 & Schema {
  if (library) return library;
  const load = createRequire(import.meta.url);
  const { AsnConvert, OctetString } = load('@peculiar/asn1-schema') as Schema;
  library = { ...(load('@peculiar/asn1-x509') as X509), AsnConvert, OctetString };
  return library;
}

/** Builds and signs a certificate. @returns DER */
export function encodeCertificate(fields: CertificateFields, signer: Signer): Buffer {
  const { AsnConvert, Certificate, TBSCertificate, Validity, Version, SubjectPublicKeyInfo } =
    asn1();
  const subject = nameOf(fields.subject);
  const spki = AsnConvert.parse(
    fields.publicKey.export({ type: 'spki', format: 'der' }),
    SubjectPublicKeyInfo,
  );
  const issuer = signer.certificate && AsnConvert.parse(signer.certificate, Certificate);
  const algorithm = signatureOf(signer.key);
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: exact(serial()),
    signature: algorithm.identifier,
    issuer: issuer?.tbsCertificate.subject ?? subject,
    validity: new Validity({ notBefore: fields.notBefore, notAfter: fields.notAfter }),
    subject,
    subjectPublicKeyInfo: spki,
    extensions: extensionsOf(fields, keyIdOf(spki.subjectPublicKey), signerIdOf(signer, issuer)),
  });
  const signed = sign(
    algorithm.digest,
    Buffer.from(AsnConvert.serialize(tbsCertificate)),
    signer.key,
  );
  const whole = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm.identifier,
    signatureValue: exact(signed),
  });
  return Buffer.from(AsnConvert.serialize(whole));
}

/** DER as PEM. */
export function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function nameOf({ commonName, organizations = [] }: Subject) {
  const { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } = asn1();
  const part = (type: string, text: string) =>
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String: text }) }),
    ]);
  const organization = organizations.map((text) => part('2.5.4.10', text));
  return new Name([...organization, part('2.5.4.3', commonName)]);
}

function extensionsOf(fields: CertificateFields, ownId: Buffer, signerId: Buffer) {
  const asn = asn1();
  const { KeyUsageFlags: flag } = asn;
  const leaf = flag.digitalSignature | flag.keyEncipherment;
  const authority = leaf | flag.keyCertSign | flag.cRLSign;
  const purpose = { server: asn.id_kp_serverAuth, client: asn.id_kp_clientAuth };
  const names = fields.names.map(
    (name) => new asn.GeneralName(isIP(name) === 0 ? { dNSName: name } : { iPAddress: name }),
  );
  const list: [string, boolean, unknown][] = [
    [asn.id_ce_keyUsage, true, new asn.KeyUsage(fields.isAuthority ? authority : leaf)],
    [asn.id_ce_basicConstraints, true, new asn.BasicConstraints({ cA: fields.isAuthority })],
    [asn.id_ce_subjectKeyIdentifier, false, new asn.SubjectKeyIdentifier(ownId)],
    [
      asn.id_ce_authorityKeyIdentifier,
      false,
      new asn.AuthorityKeyIdentifier({ keyIdentifier: new asn.KeyIdentifier(signerId) }),
    ],
  ];
  if (fields.usages.length > 0) {
    const purposes = fields.usages.map((usage) => purpose[usage]);
    list.push([asn.id_ce_extKeyUsage, false, new asn.ExtendedKeyUsage(purposes)]);
  }
  if (names.length > 0) {
    list.push([asn.id_ce_subjectAltName, false, new asn.SubjectAlternativeName(names)]);
  }
  return new asn.Extensions(
    list.map(([extnID, critical, of]) => {
      const extnValue = new asn.OctetString(asn.AsnConvert.serialize(of));
      return new asn.Extension({ extnID, critical, extnValue });
    }),
  );
}

/** As RFC 5280 4.2.1.2 (1) has it. */
const keyIdOf = (publicKey: ArrayBuffer): Buffer =>
  createHash('sha1').update(Buffer.from(publicKey)).digest();

/** The signer's key identifier as its own certificate states it. */
function signerIdOf(signer: Signer, issuer: InstanceType<X509['Certificate']> | undefined): Buffer {
  const { AsnConvert, SubjectKeyIdentifier, SubjectPublicKeyInfo, id_ce_subjectKeyIdentifier } =
    asn1();
  const stated = issuer?.tbsCertificate.extensions?.find(
    ({ extnID }) => extnID === id_ce_subjectKeyIdentifier,
  );
  if (stated) {
    const parsed = AsnConvert.parse(stated.extnValue.buffer, SubjectKeyIdentifier);
    return Buffer.from(parsed.buffer);
  }
  const spki = createPublicKey(signer.key).export({ type: 'spki', format: 'der' });
  return keyIdOf(AsnConvert.parse(spki, SubjectPublicKeyInfo).subjectPublicKey);
}

function signatureOf(key: KeyObject) {
  const { AlgorithmIdentifier } = asn1();
  if (key.asymmetricKeyType === 'rsa') {
    const identifier = { algorithm: '1.2.840.113549.1.1.11', parameters: null };
    return { digest: 'sha256', identifier: new AlgorithmIdentifier(identifier) };
  }
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  const bits = { prime256v1: 256, secp384r1: 384, secp521r1: 512 }[curve];
  if (key.asymmetricKeyType !== 'ec' || bits === undefined) {
    throw new PlaybookError(`a key of the kind ${key.asymmetricKeyType} cannot sign certificates`, {
      hint: 'give the authority an RSA, P-256, P-384 or P-521 key',
    });
  }
  const algorithm = `1.2.840.10045.4.3.${{ 256: 2, 384: 3, 512: 4 }[bits]}`;
  return { digest: `sha${bits}`, identifier: new AlgorithmIdentifier({ algorithm }) };
}

/** 127 random bits; the first byte is neither zero nor negative. */
function serial(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

/** The bytes alone, without the pool that a small Buffer is a part of. */
const exact = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;
