/** What every Kubernetes role shares: variables, what follows from them, what is refused. */
import { refuseCluster } from './refuse-variables.ts';
import { clusterFields } from './variables.ts';

export { clusterOf } from './cluster.ts';
export type { Cluster, Endpoint } from './describe.ts';
export { cgroupDriverOf } from './driver.ts';
export { dnsName, network, type ClusterVariables } from './variables.ts';

/** A role takes them all: `variables(clusterVariables, { own: … })`. */
export const clusterVariables = clusterFields.superRefine(refuseCluster);
