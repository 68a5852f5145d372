/** What every Kubernetes role shares: variables, what follows from them, what is refused. */
export { addressAt, formatCidr, includes, overlap, parseCidr, sizeOf, type Cidr } from './cidr.ts';
export { clusterOf, refuseOtherPodNetwork, type Cluster, type Endpoint } from './cluster.ts';
export { cgroupDriverOf } from './driver.ts';
export { refuseCluster } from './refuse-variables.ts';
export {
  clusterShape,
  dnsName,
  kubernetesVersion,
  network,
  type ClusterVariables,
} from './variables.ts';
