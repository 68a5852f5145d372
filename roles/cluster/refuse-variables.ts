/** Mistakes that the variables of one host show together. */
import {
  parseNetwork,
  parseVersion,
  refusalsOf,
  traitsOf,
  versionMistake,
} from 'tsplay/kubernetes';
import type { Network } from 'tsplay/kubernetes';
import { refusing, type Refuse } from '../variables.ts';
import type { ClusterVariables } from './variables.ts';

/** The variable that a choice of the version table is. */
const variableOf = { runtime: 'clusterRuntime', proxyMode: 'clusterProxyMode' } as const;

/** For `superRefine` of a role's variables. */
export const refuseCluster = refusing((vars: ClusterVariables, refuse) => {
  const { kubernetesVersion, clusterRuntime: runtime, clusterProxyMode: proxyMode } = vars;
  if (versionMistake(kubernetesVersion) === undefined) {
    const traits = traitsOf(parseVersion(kubernetesVersion));
    const refused = refusalsOf(traits, { runtime, proxyMode });
    for (const { choice, why } of refused) refuse(variableOf[choice], why);
  }
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
});

/** Undefined where the schema of the variable says what is wrong. */
function networkOf(text: string): Network | undefined {
  try {
    return parseNetwork(text);
  } catch {
    return undefined;
  }
}

function refuseNetworks(
  vars: ClusterVariables,
  service: Network,
  pod: Network,
  refuse: Refuse,
): void {
  if (service.family !== pod.family) {
    refuse('clusterServiceCidr', 'must be of the same IP version as clusterPodCidr');
  }
  if (service.overlaps(pod)) refuse('clusterServiceCidr', `overlaps clusterPodCidr ${pod.text}`);
  for (const text of vars.clusterHostCidrs) {
    const hosts = networkOf(text);
    for (const [variable, own] of Object.entries({
      clusterServiceCidr: service,
      clusterPodCidr: pod,
    })) {
      if (!hosts || !own.overlaps(hosts)) continue;
      refuse(variable, `overlaps ${text} of clusterHostCidrs: hosts there could not be reached`);
    }
  }
  refuseSizes(vars, service, pod, refuse);
}

/** The API server takes at most 20 bits of services, the controller manager 16 bits of nodes. */
function refuseSizes(
  { clusterNodeMask: mask, clusterMaxPods: pods }: ClusterVariables,
  service: Network,
  pod: Network,
  refuse: Refuse,
): void {
  const bits = service.family === 4 ? 32 : 128;
  if (bits - service.prefix > 20) {
    refuse('clusterServiceCidr', `is too large: the API server takes /${bits - 20} or smaller`);
  }
  if (bits - service.prefix < 3) {
    refuse('clusterServiceCidr', `is too small: use /${bits - 4} or larger`);
  }
  if (mask <= pod.prefix || mask > bits - 2) {
    const range = `between the length of clusterPodCidr (${pod.prefix}) and ${bits - 2}`;
    refuse('clusterNodeMask', `must be ${range}: a node gets a part of it`);
    return;
  }
  if (mask - pod.prefix > 16) {
    const most = pod.prefix + 16;
    refuse('clusterNodeMask', `must be at most ${most}: kube-controller-manager refuses`);
  }
  // The network's own address, the bridge's and the broadcast address are no pod's.
  const room = 2n ** BigInt(bits - mask) - 3n;
  if (BigInt(pods) <= room) return;
  const has = `the ${room} addresses that a node has with clusterNodeMask ${mask}`;
  refuse('clusterMaxPods', `is more than ${has}`);
}

/** Ports that kubelet, kube-proxy, the controller manager, the scheduler and etcd have. */
const taken = [2379, 2380, 2381, 10_248, 10_249, 10_250, 10_256, 10_257, 10_259];

function refusePorts(vars: ClusterVariables, refuse: Refuse): void {
  const { clusterApiPort, clusterEndpoint, clusterNodePorts: range } = vars;
  const [first = 0, last = 0] = range.split('-').map(Number);
  const isInRange = (port: number): boolean => port >= first && port <= last;
  const refusePort = (path: string | readonly string[], port: number): void => {
    if (isInRange(port)) refuse(path, `${port} lies in clusterNodePorts ${range}`);
    if (taken.includes(port)) refuse(path, `${port} is the port of another part of Kubernetes`);
  };
  refusePort('clusterApiPort', clusterApiPort);
  // An external balancer has ports of its own.
  if (clusterEndpoint.kind !== 'external') {
    refusePort(['clusterEndpoint', 'port'], clusterEndpoint.port);
  }
  const other = taken.find(isInRange);
  if (other === undefined) return;
  refuse('clusterNodePorts', `holds ${other}, the port of another part of Kubernetes`);
}
