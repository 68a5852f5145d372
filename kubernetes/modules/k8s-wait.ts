/** Waits for an object of Kubernetes, and tells what blocks it. */
import {
  action,
  defineModule,
  quote,
  rawScript,
  same,
  toolkit,
  z,
  type Output,
  type Plan,
  type Script,
} from 'tsplay';
import { hostKubernetes, type KubernetesObject } from '../readers/kubernetes.ts';
import { kubectlFunctions } from '../readers/script.ts';
import { accessArgs, accessOf, namespaceName, objectName } from './shared/arguments.ts';
import { blockedPod, missingOf, podSelector } from './shared/condition.ts';

const { unitJournal } = toolkit;

const args = z.strictObject({
  object: objectName.describe("as 'node/kube1' or 'deployment/web'"),
  for: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9]*$/,
      'is neither exists, absent, rollout nor the type of a condition',
    )
    .describe(
      '`exists`, `absent`, `rollout`, or the type of a condition that must be true: `Ready`',
    ),
  namespace: namespaceName
    .default('default')
    .describe('namespace of the object, if its kind has one'),
  ...accessArgs,
  unit: z
    .string()
    .min(1)
    .optional()
    .describe('unit of this host to show the journal of after a time-out'),
  timeout: z.int().min(1).max(86_400).default(300).describe('seconds; then the step fails'),
});
type Want = z.output<typeof args>;

export interface K8sWaitResult {
  /** The object; undefined where it is absent. */
  readonly object: KubernetesObject | undefined;
}

const end = 'play-end-of-part';

export const k8sWait = defineModule({
  name: 'k8sWait',
  onlyAsks: true,
  waits: true,
  summary: 'Waits until an object of Kubernetes exists, is gone, is rolled out or has a condition.',
  kind: 'action',
  reach: () => 'host',
  args,
  example: `k8sWait('the node is ready', { object: 'node/kube1', for: 'Ready', unit: 'kubelet' })`,
  returns: { object: 'the object as it is then' },
  reads: (want: Want) => ({
    now: hostKubernetes({
      access: accessOf(want),
      argv: [
        'get',
        want.object,
        `--namespace=${want.namespace}`,
        '--ignore-not-found',
        '-o',
        'json',
      ],
    }),
  }),
  plan(want: Want, { now }): Plan<K8sWaitResult> {
    const [object] = now?.objects ?? [];
    const asked = now?.reached === true && now.refused === undefined;
    if (asked && missingOf(want.for, object) === undefined) return same({ object });
    return action({
      script: waiting(want),
      result: (output) => ({ object: parse(output.stdout)[0] }),
      failed: (output) => (output.code === 0 ? undefined : failure(want, output)),
      changed: () => false,
      timeout: want.timeout + 120,
    });
  },
});

/**
 * The host waits by itself: first for somebody who answers and for the object, then kubectl
 * watches. What it saw last is printed in any case.
 */
function waiting(want: Want): Script {
  const { namespace, timeout, unit } = want;
  const get = `play_kubectl get ${quote(want.object)} --namespace=${quote(namespace)} --ignore-not-found -o json`;
  const journal =
    unit === undefined
      ? ':'
      : `${unitJournal}
play_journal ${quote(unit)}`;
  return rawScript(`${kubectlFunctions(accessOf(want))}
read -r up rest </proc/uptime
deadline=$((\${up%%.*} + ${timeout}))
left() { read -r up rest </proc/uptime; play_left=$((deadline - \${up%%.*})); [ "$play_left" -gt 0 ]; }
see() { play_saw=; play_find_server && play_saw=$(${get} 2>&1) && play_why=; }
code=1
while left; do
${watching(want)}
if [ "$code" -eq 0 ]; then break; fi
if left; then sleep 1; fi
done
see || :
printf '%s\\n%s\\n' "$play_saw" ${end}
if [ "$code" -eq 0 ]; then exit 0; fi
printf '%s\\n%s\\n' "$play_why" ${end}
selector=$(play_kubectl get ${quote(want.object)} --namespace=${quote(namespace)} -o go-template='{{range $k, $v := .spec.selector.matchLabels}}{{$k}}={{$v}},{{end}}' 2>/dev/null) || selector=
if [ -n "$selector" ]; then
play_kubectl get pods --namespace=${quote(namespace)} --selector="\${selector%,}" -o json 2>/dev/null
fi
printf '\\n%s\\n' ${end}
{
${journal}
} >&2
exit 1`);
}

/** One look, or a watch of kubectl's, that leaves its answer in \`code\`. */
function watching({ object, namespace, for: awaited }: Want): string {
  const named = `${quote(object)} --namespace=${quote(namespace)}`;
  const look = 'if see; then code=0; fi';
  if (awaited === 'exists') return `${look}\nif [ -z "$play_saw" ]; then code=1; fi`;
  if (awaited === 'absent') return `${look}\nif [ -n "$play_saw" ]; then code=1; fi`;
  const command =
    awaited === 'rollout'
      ? `rollout status ${named}`
      : `wait ${named} ${quote(`--for=condition=${awaited}`)}`;
  return `if see && [ -n "$play_saw" ] && left; then
code=0
play_kubectl ${command} --timeout="\${play_left}s" >/dev/null 2>&1 || code=$?
fi`;
}

function parse(text: string): readonly KubernetesObject[] {
  try {
    const parsed: unknown = JSON.parse(text.split(end)[0] ?? '');
    return typeof parsed === 'object' && parsed !== null ? [parsed as KubernetesObject] : [];
  } catch {
    return [];
  }
}

function failure(want: Want, output: Output): string {
  const [, unanswered = '', pods = ''] = output.stdout.split(end);
  const [object] = parse(output.stdout);
  const why = unanswered.trim();
  const missing = why === '' ? (missingOf(want.for, object) ?? 'it was too late') : why;
  const blocked =
    podSelector(object) === '' ? [] : podsOf(pods).flatMap((pod) => blockedPod(pod) ?? []);
  const journal = output.stderr.trim();
  return [
    `after ${want.timeout} s not yet: ${want.object} ${want.for}; ${missing}`,
    ...blocked,
    ...(journal === '' ? [] : [`${want.unit ?? ''} on this host:`, journal]),
  ].join('\n');
}

function podsOf(text: string): readonly KubernetesObject[] {
  try {
    const parsed: unknown = JSON.parse(text.trim());
    const items =
      typeof parsed === 'object' && parsed !== null && 'items' in parsed ? parsed.items : [];
    return Array.isArray(items) ? (items as KubernetesObject[]) : [];
  } catch {
    return [];
  }
}
