/** Mistakes that the variables of one host show together, each told where it was written. */
import type { z } from 'tsplay';
import { parseVersion, refusalsOf, traitsOf, versionMistake } from '../versions/index.ts';
import { formatCidr, overlap, parseCidr, sizeOf, type Cidr } from './cidr.ts';
import type { ClusterVariables } from './variables.ts';

type Variable = keyof ClusterVariables;
type Refuse = (variable: Variable, message: string, ...within: string[]) => void;

/** The variable that a choice of the version table is. */
const variableOf = { runtime: 'clusterRuntime', proxyMode: 'clusterProxyMode' } as const;

/** For `superRefine` of a role's variables. */
export function refuseCluster(vars: ClusterVariables, context: z.RefinementCtx): void {
  const refuse: Refuse = (variable, message, ...within) =>
    context.addIssue({ code: 'custom', path: [variable, ...within], message });
  if (versionMistake(vars.kubernetesVersion) === undefined) refuseVersion(vars, refuse);
  const service = networkOf(vars.clusterServiceCidr);
  const pod = networkOf(vars.clusterPodCidr);
  if (service && pod) refuseNetworks(vars, service, pod, refuse);
  refusePorts(vars, refuse);
  if (vars.clusterNodeGrace < 4 * vars.clusterStatusInterval) {
    refuse(
      'clusterNodeGrace',
      `must be at least four times clusterStatusInterval (${vars.clusterStatusInterval} s): else a node counts as lost after one late report`,
    );
  }
}

/** Undefined where the schema of the variable says what is wrong. */
function networkOf(text: string): Cidr | undefined {
  try {
    return parseCidr(text);
  } catch {
    return undefined;
  }
}

function refuseVersion(vars: ClusterVariables, refuse: Refuse): void {
  const traits = traitsOf(parseVersion(vars.kubernetesVersion));
  const choices = { runtime: vars.clusterRuntime, proxyMode: vars.clusterProxyMode };
  for (const { choice, why } of refusalsOf(traits, choices)) refuse(variableOf[choice], why);
}

function refuseNetworks(vars: ClusterVariables, service: Cidr, pod: Cidr, refuse: Refuse): void {
  if (service.family !== pod.family) {
    refuse('clusterServiceCidr', 'must be of the same IP version as clusterPodCidr');
  }
  const both = [
    { variable: 'clusterServiceCidr', cidr: service },
    { variable: 'clusterPodCidr', cidr: pod },
  ] as const;
  if (overlap(service, pod)) {
    refuse('clusterServiceCidr', `overlaps clusterPodCidr ${formatCidr(pod)}`);
  }
  for (const text of vars.clusterHostCidrs) {
    const hosts = networkOf(text);
    for (const { variable, cidr } of both) {
      if (hosts && overlap(cidr, hosts)) {
        refuse(variable, `overlaps ${text} of clusterHostCidrs: hosts there could not be reached`);
      }
    }
  }
  refuseSizes(vars, service, pod, refuse);
}

/** The API server takes at most 20 bits of services, the controller manager 16 bits of nodes. */
function refuseSizes(vars: ClusterVariables, service: Cidr, pod: Cidr, refuse: Refuse): void {
  const bits = service.family === 4 ? 32 : 128;
  if (bits - service.prefix > 20) {
    refuse('clusterServiceCidr', `is too large: the API server takes /${bits - 20} or smaller`);
  }
  if (bits - service.prefix < 3) {
    refuse('clusterServiceCidr', `is too small: use /${bits - 4} or larger`);
  }
  const mask = vars.clusterNodeMask;
  if (mask <= pod.prefix || mask > bits - 2) {
    refuse(
      'clusterNodeMask',
      `must be between the length of clusterPodCidr (${pod.prefix}) and ${bits - 2}: a node gets a part of it`,
    );
    return;
  }
  if (mask - pod.prefix > 16) {
    refuse(
      'clusterNodeMask',
      `must be at most ${pod.prefix + 16}: kube-controller-manager refuses`,
    );
  }
  // The network's own address, the bridge's and the broadcast address are no pod's.
  const room = sizeOf({ ...pod, prefix: mask }) - 3n;
  if (BigInt(vars.clusterMaxPods) > room) {
    refuse(
      'clusterMaxPods',
      `is more than the ${room} addresses that a node has with clusterNodeMask ${mask}`,
    );
  }
}

/** Ports that kubelet, kube-proxy, the controller manager, the scheduler and etcd have. */
const taken = [2379, 2380, 2381, 10_248, 10_249, 10_250, 10_256, 10_257, 10_259];

function refusePorts(vars: ClusterVariables, refuse: Refuse): void {
  const [first = 0, last = 0] = vars.clusterNodePorts.split('-').map(Number);
  const { clusterApiPort, clusterEndpoint } = vars;
  const named = [
    { variable: 'clusterApiPort', port: clusterApiPort, within: [] },
    // An external balancer has ports of its own.
    ...(clusterEndpoint.kind === 'external'
      ? []
      : [{ variable: 'clusterEndpoint', port: clusterEndpoint.port, within: ['port'] } as const]),
  ] as const;
  for (const { variable, port, within } of named) {
    if (port >= first && port <= last) {
      refuse(variable, `${port} lies in clusterNodePorts ${vars.clusterNodePorts}`, ...within);
    }
    if (taken.includes(port)) {
      refuse(variable, `${port} is the port of another part of Kubernetes`, ...within);
    }
  }
  const inRange = taken.find((port) => port >= first && port <= last);
  if (inRange !== undefined) {
    refuse('clusterNodePorts', `holds ${inRange}, the port of another part of Kubernetes`);
  }
}
