/** How steps on a master reach the cluster: any API server that is ready will do. */
import type { Cluster } from '../cluster/index.ts';
import { ownApiServer, pkiPaths, type PkiVariables } from '../pki/index.ts';

type AccessVariables = Pick<
  PkiVariables,
  'clusterBinDir' | 'clusterConfigDir' | 'pkiEtcdDir' | 'pkiBalancerDir'
>;

/** Arguments of `k8sWait` and its like for a step on any master. */
export const clusterAccess = (cluster: Cluster, vars: AccessVariables) => ({
  kubectl: `${vars.clusterBinDir}/kubectl`,
  kubeconfig: pkiPaths(vars).adminConfig,
  servers: cluster.masters.map((master) => ownApiServer(master, cluster)),
});

/** The same for `k8s`. */
export const objectsAccess = (cluster: Cluster, vars: AccessVariables) => ({
  ...clusterAccess(cluster, vars),
  serverDryRun: cluster.traits.dryRunServer
    ? ('--dry-run=server' as const)
    : ('--server-dry-run' as const),
});
