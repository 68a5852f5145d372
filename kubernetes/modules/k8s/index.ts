/** Objects of Kubernetes, as the API server itself says that they would be. */
import {
  change,
  contentOf,
  defineModule,
  joinScripts,
  predict,
  rawScript,
  same,
  secret,
  sh,
  StepError,
  unpredictable,
  value,
  z,
  type Plan,
  type PlanContext,
  type Read,
} from 'tsplay';
import {
  kubernetesObjects,
  type KubernetesObject,
  type Objects,
} from '../../readers/kubernetes.ts';
import {
  accessArgs,
  accessOf,
  namespaceName,
  invalidatesObjects,
  unanswered,
  withServer,
} from '../shared/arguments.ts';
import { identityOf, isSameObject, nameOf, objectDifferences } from '../shared/compare.ts';
import { manifestArg, manifestMistakes, readManifest } from './manifest.ts';

const args = z.strictObject({
  manifest: manifestArg
    .optional()
    .describe('an object, a list of objects, or YAML text; may hold secrets'),
  src: z
    .string()
    .min(1)
    .optional()
    .describe('a template of YAML in place of manifest, looked up in templates/'),
  vars: z.record(z.string(), z.unknown()).default({}).describe('variables of the template'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('present: as the manifest says; absent: none of its objects exists'),
  namespace: namespaceName
    .optional()
    .describe('namespace of objects that name none; others must name this one'),
  timeout: z
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe('with state absent: seconds to wait until the objects are gone'),
  ...accessArgs,
  serverDryRun: z
    .enum(['--dry-run=server', '--server-dry-run'])
    .default('--dry-run=server')
    .describe("kubectl's flag; before 1.18 it was the second"),
  validate: z.boolean().default(true).describe('have kubectl refuse unknown fields'),
});

type Arguments = z.output<typeof args>;

export interface K8sResult {
  /** The objects as they are afterwards. */
  readonly objects: readonly KubernetesObject[];
}

export const k8s = defineModule({
  name: 'k8s',
  summary: 'Applies or removes objects of Kubernetes.',
  args,
  example: `k8s('namespace of the shop', { manifest: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } } })`,
  returns: { objects: 'the objects as the API server has them' },
  mistakes({ manifest, src }: Arguments) {
    if (manifest === undefined) return src === undefined ? ['give manifest or src'] : [];
    return src === undefined ? manifestMistakes(manifest) : ['give manifest or src, not both'];
  },
  template: ({ src, vars }) => (src === undefined ? undefined : { src, variables: vars }),
  async prepare(want, controller): Promise<Arguments> {
    if (want.src === undefined) return want;
    const { bytes, secret: isSecret } = await controller.template(want.src, want.vars);
    const text = bytes?.toString('utf8') ?? '';
    const [mistake] = manifestMistakes(text);
    if (mistake !== undefined) throw new StepError(`${want.src}: ${mistake}`);
    return { ...want, manifest: isSecret ? secret(text) : text };
  },
  reads: (want: Arguments) => ({ objects: readOf(want) }),
  plan(want: Arguments, is, on): Plan<K8sResult> {
    const { objects } = is;
    if (objects === undefined || !objects.reached) {
      const why = objects?.refused ?? `there is no ${want.kubectl} or no ${want.kubeconfig}`;
      return unanswered(why, on.check, { objects: [] });
    }
    return want.state === 'absent' ? planAbsent(want, objects) : planPresent(want, objects, on);
  },
});

function readOf(want: Arguments): Read<Objects> {
  const { objects } = readManifest(want.manifest);
  const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const dryRun =
    want.state === 'absent' ? undefined : `${want.serverDryRun} --validate=${want.validate}`;
  const namespace = want.namespace ?? '';
  return kubernetesObjects({ access: accessOf(want), namespace, manifest, dryRun });
}

function planAbsent(want: Arguments, is: Objects): Plan<K8sResult> {
  if (is.live.length === 0) {
    if (is.refused !== undefined && !isUnknownKind(is.refused)) throw refusedBy(is.refused);
    return same({ objects: [] });
  }
  const read = readOf(want);
  return change({
    differences: is.live.map((object) => ({ what: nameOf(object), from: 'present', to: 'absent' })),
    script: joinScripts([
      withServer(accessOf(want)),
      rawScript('play_code=0'),
      sh`${manifestOf(want)} | play_kubectl_stdin delete --ignore-not-found --wait=true ${`--timeout=${want.timeout}s`} ${inNamespace(want)} -f - || play_code=$?`,
      rawScript('if [ "$play_code" -ne 0 ]; then'),
      sh`${manifestOf(want)} | play_kubectl_stdin get --ignore-not-found ${inNamespace(want)} -f - -o ${`go-template=${conditions}`} >&2 || :`,
      rawScript('exit "$play_code"\nfi'),
    ]),
    after: [predict(read, value({ ...is, live: [], refused: undefined }))],
    invalidates: invalidatesObjects,
    result: { objects: [] },
  });
}

/** Why something is not gone: a namespace says what is left in it, or which API does not answer. */
const conditions = `{{define "of"}}{{$kind := .kind}}{{$name := .metadata.name}}{{range .status.conditions}}{{if eq .status "True"}}{{$kind}} {{$name}}: {{.type}}: {{.message}}{{"\\n"}}{{end}}{{end}}{{end}}{{if .items}}{{range .items}}{{template "of" .}}{{end}}{{else}}{{template "of" .}}{{end}}`;

function planPresent(want: Arguments, is: Objects, on: PlanContext): Plan<K8sResult> {
  const { objects, secret } = readManifest(want.manifest);
  const read = readOf(want);
  const pairs = objects.map((object) => ({
    object,
    live: find(is.live, object, want.namespace),
    applied: is.applied && find(is.applied, object, want.namespace),
  }));
  const missing = pairs.filter(({ live }) => live === undefined);
  if (is.refused !== undefined && (missing.length === 0 || !isMissingBase(is.refused))) {
    throw refusedBy(is.refused);
  }
  const differences = pairs.flatMap(({ object, live, applied }) => {
    if (is.applied === undefined && live !== undefined) return [];
    return objectDifferences(live, applied ?? object);
  });
  if (differences.length === 0) return same({ objects: is.live });
  return change({
    differences: secret ? differences.map((each) => hidden(each)) : differences,
    script: joinScripts([
      withServer(accessOf(want)),
      sh`${manifestOf(want)} | play_kubectl_stdin apply ${`--validate=${want.validate}`} ${inNamespace(want)} -f -`,
    ]),
    after: [
      is.applied === undefined
        ? unpredictable(read)
        : predict(read, value({ ...is, live: is.applied, refused: undefined })),
    ],
    invalidates: invalidatesObjects,
    result: { objects: is.applied ?? [] },
    ...(is.refused !== undefined && {
      notes: [`what the API server makes of it is known when it is applied: ${is.refused}`],
    }),
    // What the server and its controllers fill in may take a moment.
    settle: { atMost: on.check ? 0 : 10, stable: 0 },
  });
}

const inNamespace = ({ namespace }: Arguments): readonly string[] =>
  namespace === undefined ? [] : [`--namespace=${namespace}`];

function manifestOf(want: Arguments) {
  const { objects, secret } = readManifest(want.manifest);
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  return contentOf(text, { secret });
}

const hidden = ({ what, from, to }: { what: string; from: unknown; to: unknown }) => ({
  what,
  from: typeof from === 'string' && from === 'absent' ? from : 'another value',
  to: to === 'present' ? to : 'as given',
  secret: true,
});

function find(
  among: readonly KubernetesObject[],
  object: KubernetesObject,
  namespace = 'default',
): KubernetesObject | undefined {
  const wanted = identityOf(object, namespace);
  return among.find((each) => isSameObject(identityOf(each, namespace), wanted));
}

/** A namespace or a kind that the same manifest, or one before it, is to bring. */
const isMissingBase = (refused: string): boolean =>
  /namespaces "[^"]*" not found/.test(refused) || isUnknownKind(refused);

const isUnknownKind = (refused: string): boolean =>
  /no matches for kind|the server could not find the requested resource/.test(refused);

const refusedBy = (refused: string): StepError =>
  new StepError(`the API server refuses: ${refused.replace(/^error: /, '')}`);
