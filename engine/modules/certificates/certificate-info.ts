/** Module `certificateInfo`: what certificates on the host say, and how long they last. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { parseCertificate, summarize, type CertificateSummary } from '../../pki/inspect.ts';
import { text, type TextValue } from '../../readers/files/text.ts';
import { absolutePath } from '../shared/argument.ts';

export interface CertificateInfo extends CertificateSummary {
  readonly path: string;
}

export const certificateInfo = defineModule({
  name: 'certificateInfo',
  onlyAsks: true,
  summary: 'Reads certificates in PEM files and kubeconfigs, and the days that they have left.',
  args: z.strictObject({
    paths: z
      .array(absolutePath)
      .min(1)
      .describe('files on the host; those that are missing or hold no certificate are left out'),
  }),
  example: `certificateInfo('certificates', { paths: ['/etc/ssl/web.crt'] })`,
  returns: { certificates: 'path, subject, issuer, names, notAfter, daysLeft, fingerprint' },
  prepare: async (want) => ({ paths: [...new Set(want.paths)], now: Date.now() }),
  reads: ({ paths }): Readonly<Record<string, Read<TextValue>>> =>
    Object.fromEntries(paths.map((path) => [path, text(path)])),
  plan({ paths, now }, is) {
    const certificates = paths.flatMap((path): CertificateInfo[] => {
      const found = is[path];
      if (found?.kind !== 'text') return [];
      const certificate = certificateOf(found.bytes.toString('utf8'));
      return certificate ? [{ path, ...summarize(certificate, now) }] : [];
    });
    return same({ certificates });
  },
});

/** In YAML or JSON, with and without quotes. */
const ofUser = /client-certificate-data["']?\s*:\s*["']?([A-Za-z0-9+/=]+)/;

/** The certificate of a file in PEM, or of the first user of a kubeconfig. */
function certificateOf(content: string) {
  if (content.includes('-----BEGIN ')) return parseCertificate(content);
  const [, embedded] = ofUser.exec(content) ?? [];
  if (embedded === undefined) return undefined;
  return parseCertificate(Buffer.from(embedded, 'base64').toString('utf8'));
}
