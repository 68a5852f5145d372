/** Module `certificateAuthority`: whom a host believes. It is never exchanged by accident. */
import type { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { PlaybookError, StepError } from '../../errors.ts';
import type { PlanContext } from '../../module/module.ts';
import { change, same, type Plan } from '../../module/plan.ts';
import { certificatesIn, commonNameOf } from '../../pki/authority.ts';
import { parseCertificate, summarize, type CertificateSummary } from '../../pki/inspect.ts';
import { ownedWithin } from '../shared/account-references.ts';
import { absolutePath } from '../shared/argument.ts';
import { attributeArgs } from '../shared/attributes.ts';
import { authorityArg, pem } from './certificate/order.ts';
import { modeSchema } from '../shared/mode.ts';
import {
  attributesOff,
  fileReads,
  putTogether,
  textNow,
  type FileNow,
} from '../shared/put-together.ts';

const args = z.strictObject({
  path: absolutePath.describe('the file on the host'),
  certificates: authorityArg.shape.certificate.describe(
    'PEM of one or more authorities, or a local file that holds it',
  ),
  replace: z
    .boolean()
    .default(false)
    .describe('true: also where the host trusts other authorities and none of these'),
  owner: attributeArgs.owner,
  group: attributeArgs.group,
  mode: modeSchema.default('0644').describe('permissions'),
});

interface Prepared {
  readonly want: z.output<typeof args>;
  readonly text: string;
  readonly authorities: readonly X509Certificate[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface AuthorityResult {
  readonly path: string;
  readonly authorities: readonly CertificateSummary[];
}

export const certificateAuthority = defineModule({
  name: 'certificateAuthority',
  summary: 'Installs certificates of authorities; refuses to replace all of them at once.',
  args,
  example: `certificateAuthority('authority of the site', {
  path: '/etc/ssl/site-ca.crt',
  certificates: 'ca.crt',
})`,
  returns: {
    path: 'the file',
    authorities: 'of each: subject, issuer, names, notAfter, daysLeft, fingerprint',
  },
  async prepare(want, controller): Promise<Prepared> {
    const text = await pem(want.certificates, controller);
    const authorities = authoritiesIn(text);
    if (authorities.length > 0 && authorities.every((one) => one.ca)) {
      return { want, text, authorities, now: Date.now() };
    }
    throw new PlaybookError(
      `what is given for ${want.path} is not the certificate of an authority`,
      {
        hint: 'openssl x509 -text must show CA:TRUE for each',
      },
    );
  },
  ...ownedWithin,
  reads: ({ want }: Prepared) => fileReads(want.path),
  plan: planAuthority,
});

function planAuthority(
  { want, text, authorities, now }: Prepared,
  is: FileNow,
  on: PlanContext,
): Plan<AuthorityResult> {
  const { path, owner, group, mode } = want;
  const before = textNow(path, is);
  const believed = authoritiesIn(before ?? '');
  if (!want.replace && believed.length > 0) refuseOthers(path, believed, authorities);
  const part = {
    want: { owner, group, mode, newMode: mode, secret: false, path, content: text },
    is,
  };
  const differences = [
    ...(before === text
      ? []
      : [
          {
            what: 'authorities',
            from: before === undefined ? 'absent' : called(believed),
            to: called(authorities),
          },
        ]),
    ...attributesOff(part),
  ];
  const result = { path, authorities: authorities.map((one) => summarize(one, now)) };
  if (differences.length === 0) return same(result);
  return change({ differences, ...putTogether([part], on.facts.user), result });
}

/** Authorities are the same as long as their keys are: a certificate may be renewed. */
function refuseOthers(
  path: string,
  believed: readonly X509Certificate[],
  wanted: readonly X509Certificate[],
): void {
  const keys = new Set(wanted.map(keyOf));
  if (believed.some((one) => keys.has(keyOf(one)))) return;
  throw new StepError(`${path} holds ${called(believed)}, and none of ${called(wanted)}`, {
    hint: 'is this the right folder of authorities? To rotate them, install old and new together first; to start over, set replace: true',
  });
}

const keyOf = (one: X509Certificate): string =>
  one.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

const authoritiesIn = (text: string): X509Certificate[] =>
  certificatesIn(text).flatMap((one) => parseCertificate(one) ?? []);

/** Names with the beginning of their fingerprints: two authorities may have one name. */
const called = (list: readonly X509Certificate[]): string =>
  list.length === 0
    ? 'no authority'
    : list
        .map((one) => `${commonNameOf(one, 'subject')} (${one.fingerprint256.slice(0, 11)}…)`)
        .join(', ');
