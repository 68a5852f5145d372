/** Module `kubeconfig`: how to reach a cluster and as whom, with everything embedded. */
import { isDeepStrictEqual } from 'node:util';
import {
  change,
  defineModule,
  same,
  toolkit,
  z,
  type Difference,
  type Plan,
  type PlanContext,
} from 'tsplay';
import {
  configDifferences,
  embedded,
  kubeconfigText,
  parseKubeconfig,
  type Credentials,
} from './text.ts';

const {
  absolutePath,
  attributeArgs,
  attributesOff,
  fileReads,
  modeSchema,
  ownedWithin,
  putTogether,
  reveal,
  secretValue,
  textNow,
} = toolkit;
const { authorityArg, orderArgs, orderMistakes, orderOf, orderReturns, pem, reasonDifferences } =
  toolkit.certificateOrder;

const order = z.strictObject({ ...orderArgs, usages: orderArgs.usages.default('client') });

const args = z.strictObject({
  path: absolutePath.describe('the file on the host'),
  server: z.url({ protocol: /^https$/ }).describe('https://host:port of the API server'),
  ca: authorityArg.shape.certificate.describe(
    'authority of the API server: PEM, or a local file that holds it',
  ),
  cluster: z.string().min(1).default('kubernetes').describe('name of the cluster'),
  user: z.string().min(1).describe('name of the user within the file'),
  context: z.string().min(1).optional().describe('name of the context; default USER@CLUSTER'),
  namespace: z.string().min(1).optional().describe('default namespace'),
  certificate: order
    .optional()
    .describe('client certificate of the user, with the arguments of certificate'),
  token: secretValue.optional().describe('bearer token of the user'),
  owner: attributeArgs.owner,
  group: attributeArgs.group,
  mode: modeSchema.default('0600').describe('permissions'),
});

type Arguments = z.output<typeof args>;

interface Prepared {
  readonly want: Arguments;
  readonly authorities: string;
  readonly order: toolkit.certificateOrder.CertificateOrder | undefined;
}

export interface KubeconfigResult {
  readonly path: string;
  readonly reason: string;
  readonly notAfter?: string;
  readonly daysLeft?: number;
  readonly fingerprint?: string;
}

export const kubeconfig = defineModule({
  name: 'kubeconfig',
  summary: 'Writes a kubeconfig, with a certificate of its own or a token.',
  args,
  example: `kubeconfig('kubeconfig of the scheduler', {
  path: '/etc/kubernetes/scheduler.conf',
  server: 'https://127.0.0.1:6443',
  ca: 'ca.crt',
  user: 'system:kube-scheduler',
  certificate: {
    ca: { certificate: 'ca.crt', key: 'ca.key' },
    subject: { commonName: 'system:kube-scheduler' },
  },
})`,
  returns: {
    path: 'the file',
    reason: orderReturns.reason,
    notAfter: orderReturns.notAfter,
    daysLeft: orderReturns.daysLeft,
    fingerprint: orderReturns.fingerprint,
  },
  mistakes(want) {
    const { certificate, token } = want;
    const both = (certificate === undefined) === (token === undefined);
    return [
      ...(both ? ['kubeconfig takes exactly one of certificate and token'] : []),
      ...(certificate === undefined ? [] : orderMistakes(certificate)),
    ];
  },
  prepare: async (want, controller): Promise<Prepared> => ({
    want,
    authorities: await pem(want.ca, controller),
    order: want.certificate && (await orderOf(want.certificate, controller)),
  }),
  ...ownedWithin,
  reads: ({ want }: Prepared) => fileReads(want.path),
  plan: planKubeconfig,
});

function planKubeconfig(
  prepared: Prepared,
  is: toolkit.FileNow,
  on: PlanContext,
): Plan<KubeconfigResult> {
  const { want, order: ordered } = prepared;
  const text = textNow(want.path, is);
  const now = text === undefined ? undefined : parseKubeconfig(text);
  const { credentials, reasons } = credentialsOf(prepared, now);
  const content = kubeconfigText({
    server: want.server,
    authorities: prepared.authorities,
    cluster: want.cluster,
    user: want.user,
    context: want.context ?? `${want.user}@${want.cluster}`,
    namespace: want.namespace,
    credentials,
  });
  const wanted = parseKubeconfig(content);
  // what means the same stays as it is, whoever wrote it
  const kept = text !== undefined && isDeepStrictEqual(now, wanted) ? text : content;
  const { owner, group, mode, path } = want;
  const part = {
    want: { owner, group, mode, newMode: mode, path, content: kept, secret: true },
    is,
  };
  const differences: Difference[] = [
    ...(kept === text ? [] : contentDifferences(now, wanted, reasons)),
    ...attributesOff(part),
  ];
  const known = 'certificate' in credentials ? ordered?.result(credentials.certificate) : undefined;
  const { notAfter, daysLeft, fingerprint } = known ?? {};
  const result: KubeconfigResult = {
    path,
    reason: known?.reason ?? '',
    ...(notAfter !== undefined && { notAfter }),
    ...(daysLeft !== undefined && { daysLeft }),
    ...(fingerprint !== undefined && { fingerprint }),
  };
  const notes = 'certificate' in credentials ? (ordered?.notes(credentials.certificate) ?? []) : [];
  if (differences.length === 0) return same(result, notes.length > 0 ? notes : undefined);
  return change({
    differences,
    ...putTogether([part], on.facts.user),
    result,
    ...(notes.length > 0 && { notes }),
  });
}

function credentialsOf(
  { want, order: ordered }: Prepared,
  now: unknown,
): {
  readonly credentials: Credentials;
  readonly reasons: readonly toolkit.RenewalReason[];
} {
  if (want.token) return { credentials: { token: reveal(want.token) }, reasons: [] };
  if (!ordered) throw new Error('a kubeconfig with neither token nor certificate');
  const found = embedded(now, want.user);
  const reasons = ordered.reasons(found);
  if (reasons.length === 0) {
    return { credentials: { certificate: found.certificate ?? '', key: found.key ?? '' }, reasons };
  }
  const issued = ordered.issue(reasons);
  return { credentials: { certificate: issued.certificate, key: reveal(issued.key) }, reasons };
}

function contentDifferences(
  now: unknown,
  wanted: unknown,
  reasons: readonly toolkit.RenewalReason[],
): Difference[] {
  if (now === undefined) return [{ what: 'kubeconfig', from: 'absent', to: 'as given' }];
  const found = [...configDifferences(now, wanted), ...reasonDifferences(reasons)];
  if (found.length > 0) return found;
  return [{ what: 'content', from: 'other settings', to: 'as given', secret: true }];
}
