/** Module `certificate`: certificate and key on the host, signed on the controller. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import type { PlanContext } from '../../../module/module.ts';
import { change, same, type Plan } from '../../../module/plan.ts';
import { reveal } from '../../../secrets/secret.ts';
import type { CertificateSummary } from '../../../pki/inspect.ts';
import { ownedWithin } from '../../shared/account-references.ts';
import { absolutePath } from '../../shared/argument.ts';
import { attributeArgs } from '../../shared/attributes.ts';
import {
  orderArgs,
  orderMistakes,
  orderOf,
  orderReturns,
  reasonDifferences,
  type CertificateOrder,
} from './order.ts';
import { modeSchema } from '../../shared/mode.ts';
import {
  attributesOff,
  fileReads,
  isRewritten,
  putTogether,
  textNow,
  type FileNow,
  type PutPart,
} from '../../shared/put-together.ts';

const args = z.strictObject({
  path: absolutePath.describe('the certificate on the host'),
  keyPath: absolutePath.describe('its private key on the host'),
  ...orderArgs,
  owner: attributeArgs.owner,
  group: attributeArgs.group,
  mode: modeSchema.default('0644').describe('permissions of the certificate'),
  keyMode: modeSchema.default('0600').describe('permissions of the key'),
  bundle: absolutePath
    .optional()
    .describe('also write certificate and key to one file, as haproxy needs it, with keyMode'),
});

type Arguments = z.output<typeof args>;

interface Prepared {
  readonly want: Arguments;
  readonly order: CertificateOrder;
}

export interface CertificateResult extends CertificateSummary {
  readonly path: string;
  readonly keyPath: string;
  readonly reason: string;
}

export const certificate = defineModule({
  name: 'certificate',
  summary: 'Issues a certificate; reissues it only for a reason, which it reports.',
  args,
  example: `certificate('web certificate', {
  path: '/etc/ssl/web.crt',
  keyPath: '/etc/ssl/web.key',
  ca: { certificate: 'ca.crt', key: 'ca.key' },
  subject: { commonName: 'web' },
  names: ['web.example.org', '192.0.2.10'],
  usages: 'server',
})`,
  returns: { path: 'the certificate', keyPath: 'its key', ...orderReturns },
  mistakes(want) {
    const paths = [want.path, want.keyPath, want.bundle].filter((path) => path !== undefined);
    const twice = new Set(paths).size < paths.length;
    return [...orderMistakes(want), ...(twice ? ['path, keyPath and bundle must differ'] : [])];
  },
  prepare: async (want, controller): Promise<Prepared> => ({
    want,
    order: await orderOf(want, controller),
  }),
  ...ownedWithin,
  reads({ want }: Prepared) {
    const own = fileReads(want.path);
    const key = fileReads(want.keyPath);
    const bundle = want.bundle === undefined ? undefined : fileReads(want.bundle);
    return {
      file: own.file,
      text: own.text,
      parent: own.parent,
      keyFile: key.file,
      keyText: key.text,
      keyParent: key.parent,
      ...(bundle && {
        bundleFile: bundle.file,
        bundleText: bundle.text,
        bundleParent: bundle.parent,
      }),
    };
  },
  plan({ want, order }, is, on): Plan<CertificateResult> {
    const own: FileNow = is;
    const key: FileNow = { file: is.keyFile, text: is.keyText, parent: is.keyParent };
    const bundle = { file: is.bundleFile, text: is.bundleText, parent: is.bundleParent };
    return planCertificate({ want, order }, { own, key, bundle }, on);
  },
});

function planCertificate(
  { want, order }: Prepared,
  is: { readonly own: FileNow; readonly key: FileNow; readonly bundle: FileNow },
  on: PlanContext,
): Plan<CertificateResult> {
  const found = { certificate: textNow(want.path, is.own), key: textNow(want.keyPath, is.key) };
  const reasons = order.reasons(found);
  const wanted =
    reasons.length === 0
      ? { certificate: found.certificate ?? '', key: found.key ?? '' }
      : plainPair(order.issue(reasons));
  const { owner, group, mode, keyMode } = want;
  const secretFile = { owner, group, mode: keyMode, newMode: keyMode, secret: true };
  // the key is in its place before the certificate that a server looks at
  const parts: PutPart[] = [
    { want: { ...secretFile, path: want.keyPath, content: wanted.key }, is: is.key },
    ...(want.bundle === undefined
      ? []
      : [
          {
            want: { ...secretFile, path: want.bundle, content: wanted.certificate + wanted.key },
            is: is.bundle,
          },
        ]),
    {
      want: {
        owner,
        group,
        mode,
        newMode: mode,
        secret: false,
        path: want.path,
        content: wanted.certificate,
      },
      is: is.own,
    },
  ];
  const result = {
    path: want.path,
    keyPath: want.keyPath,
    ...order.result(wanted.certificate),
  };
  const notes = order.notes(wanted.certificate);
  const differences = [
    ...reasonDifferences(reasons),
    ...(reasons.length === 0
      ? parts.filter(isRewritten).map((part) => ({
          what: part.want.path,
          from: part.is.file === undefined ? 'absent' : 'of another certificate',
          to: 'certificate and key',
        }))
      : []),
    ...parts.flatMap((part) =>
      attributesOff(part).map((each) => ({ ...each, what: `${each.what} of ${part.want.path}` })),
    ),
  ];
  if (differences.length === 0) return same(result, notes.length > 0 ? notes : undefined);
  return change({
    differences,
    ...putTogether(parts, on.facts.user),
    result,
    ...(notes.length > 0 && { notes }),
  });
}

const plainPair = (issued: { certificate: string; key: Parameters<typeof reveal>[0] }) => ({
  certificate: issued.certificate,
  key: reveal(issued.key),
});
