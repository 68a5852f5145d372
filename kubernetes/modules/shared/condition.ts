/** Whether an object of Kubernetes is as awaited, and what it waits for where it is not. */
import type { KubernetesObject } from '../../readers/kubernetes.ts';

/** `exists`, `absent`, `rollout`, or the type of a condition: `Ready`, `Available`. */
export type Awaited = string;

type Fields = Readonly<Record<string, unknown>>;

/** `undefined` when it holds, else what is missing, for people. */
export function missingOf(
  awaited: Awaited,
  object: KubernetesObject | undefined,
): string | undefined {
  if (awaited === 'absent') return object === undefined ? undefined : 'it is still there';
  if (object === undefined) return 'it is not there';
  if (awaited === 'exists') return undefined;
  return awaited === 'rollout' ? missingRollout(object) : missingCondition(awaited, object);
}

function missingCondition(type: string, object: KubernetesObject): string | undefined {
  const condition = conditionsOf(object).find((each) => each['type'] === type);
  if (condition === undefined) return `it has no condition ${type} yet`;
  if (condition['status'] === 'True') return undefined;
  const { status, reason, message } = condition;
  const said = [reason, message].filter((part) => typeof part === 'string' && part !== '');
  return `${type} is ${String(status)}${said.length > 0 ? `: ${said.join(': ')}` : ''}`;
}

/** As `kubectl rollout status` judges: the newest generation runs everywhere, and nothing older. */
function missingRollout(object: KubernetesObject): string | undefined {
  const spec = fieldsOf(object['spec']);
  const status = fieldsOf(object['status']);
  const generation = numberOf(fieldsOf(object['metadata'])['generation']);
  if (numberOf(status['observedGeneration']) < generation) return 'its controller has not seen it';
  const daemons = object['kind'] === 'DaemonSet';
  const wanted = daemons
    ? numberOf(status['desiredNumberScheduled'])
    : numberOf(spec['replicas'] ?? 1);
  const updated = numberOf(status[daemons ? 'updatedNumberScheduled' : 'updatedReplicas']);
  const ready = numberOf(
    status[daemons ? 'numberAvailable' : 'availableReplicas'] ?? readyOf(object),
  );
  const old = daemons ? 0 : numberOf(status['replicas']) - updated;
  if (updated < wanted) return `${updated} of ${wanted} are updated`;
  if (old > 0) return `${old} of before are still there`;
  return ready < wanted ? `${ready} of ${wanted} are available` : undefined;
}

/** A StatefulSet before 1.22 does not tell what is available. */
const readyOf = (object: KubernetesObject): unknown =>
  object['kind'] === 'StatefulSet' ? fieldsOf(object['status'])['readyReplicas'] : 0;

/** What of a pod is in the way: a container that waits, an image, no place to run. */
export function blockedPod(pod: KubernetesObject): string | undefined {
  if (missingCondition('Ready', pod) === undefined) return undefined;
  const metadata = fieldsOf(pod['metadata']);
  const status = fieldsOf(pod['status']);
  const containers = [status['initContainerStatuses'], status['containerStatuses']]
    .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
    .flatMap((each) => {
      const { name, state } = fieldsOf(each);
      const waiting = fieldsOf(fieldsOf(state)['waiting']);
      const ended = fieldsOf(fieldsOf(state)['terminated']);
      const { reason, message } = waiting['reason'] === undefined ? ended : waiting;
      if (reason === undefined || reason === 'Completed') return [];
      return [`${String(name)}: ${[reason, message].filter(Boolean).join(': ')}`];
    });
  const failing = conditionsOf(pod)
    .filter(({ status: holds, message }) => holds !== 'True' && message !== undefined)
    .map(({ type, message }) => `${String(type)}: ${String(message)}`);
  const why = containers.length > 0 ? containers : failing;
  return `pod ${String(metadata['name'])} is ${String(status['phase'])}${why.length > 0 ? `, ${why.join('; ')}` : ''}`;
}

/** Labels that a workload's pods have, as `--selector` takes them. */
export function podSelector(object: KubernetesObject | undefined): string {
  const labels = fieldsOf(fieldsOf(fieldsOf(object?.['spec'])['selector'])['matchLabels']);
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
}

const conditionsOf = (object: KubernetesObject): readonly Fields[] => {
  const list = fieldsOf(object['status'])['conditions'];
  return Array.isArray(list) ? list.map(fieldsOf) : [];
};

export const fieldsOf = (of: unknown): Fields =>
  typeof of === 'object' && of !== null && !Array.isArray(of) ? (of as Fields) : {};

const numberOf = (of: unknown): number => (typeof of === 'number' ? of : 0);
