/** KubeProxyConfiguration. */
import { isIPv6 } from 'node:net';
import type { HostView } from 'tsplay';
import type { Cluster } from '../cluster/index.ts';
import { pkiPaths } from '../pki/index.ts';
import { inUrl } from '../variables.ts';
import type { NodeVariables } from './variables.ts';

export const proxyConfigPath = (vars: NodeVariables): string =>
  `${vars.clusterConfigDir}/kube-proxy.yaml`;

const healthPort = 10_256;

export const proxyHealth = (host: HostView): string =>
  `http://${inUrl(host.address)}:${healthPort}/healthz`;

export function proxyConfig(
  host: HostView,
  cluster: Cluster,
  vars: NodeVariables,
): Readonly<Record<string, unknown>> {
  const anywhere = isIPv6(host.address) ? '::' : '0.0.0.0';
  // A host that shares its kernel may not change how many connections that tracks.
  const perCore = vars.proxyConntrackPerCore ?? (vars.sharedKernel ? 0 : undefined);
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    bindAddress: vars.proxyBindAddress ?? anywhere,
    healthzBindAddress: `${inUrl(host.address)}:${healthPort}`,
    metricsBindAddress: '127.0.0.1:10249',
    clientConnection: { kubeconfig: pkiPaths(vars).kubeProxyConfig },
    clusterCIDR: cluster.pod.text,
    hostnameOverride: cluster.nodeNameOf(host),
    mode: vars.clusterProxyMode,
    ...(vars.clusterProxyMode === 'ipvs' && {
      ipvs: { scheduler: vars.proxyScheduler, strictARP: vars.proxyStrictArp },
    }),
    ...(perCore !== undefined && {
      conntrack: { maxPerCore: perCore, ...(perCore === 0 && { min: 0 }) },
    }),
    ...vars.proxyExtra,
  };
}
