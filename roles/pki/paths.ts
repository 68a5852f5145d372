/** Where everything lies on the hosts: the one place that other roles take paths from. */
import type { PkiVariables } from './variables.ts';

export interface PairPaths {
  readonly certificate: string;
  readonly key: string;
}

/** What the API server encrypts secrets in etcd with. */
export const encryptionConfigPath = (vars: Pick<PkiVariables, 'clusterConfigDir'>): string =>
  `${vars.clusterConfigDir}/encryption.yaml`;

/** Files below `clusterConfigDir` and `pkiEtcdDir`. */
export function pkiPaths(
  vars: Pick<PkiVariables, 'clusterConfigDir' | 'pkiEtcdDir' | 'pkiBalancerDir'>,
) {
  const folder = `${vars.clusterConfigDir}/pki`;
  const pair = (name: string, within = folder): PairPaths => ({
    certificate: `${within}/${name}.crt`,
    key: `${within}/${name}.key`,
  });
  const config = (name: string): string => `${vars.clusterConfigDir}/${name}`;
  return {
    folder,
    authority: pair('ca'),
    frontProxyAuthority: pair('front-proxy-ca').certificate,
    /** The authority of etcd, as masters have it. */
    etcdAuthority: pair('etcd-ca').certificate,
    apiserver: pair('apiserver'),
    apiserverEtcdClient: pair('apiserver-etcd-client'),
    apiserverKubeletClient: pair('apiserver-kubelet-client'),
    frontProxyClient: pair('front-proxy-client'),
    controllerManager: pair('controller-manager'),
    scheduler: pair('scheduler'),
    serviceAccount: { key: `${folder}/sa.key`, publicKey: `${folder}/sa.pub` },
    controllerManagerConfig: config('controller-manager.conf'),
    schedulerConfig: config('scheduler.conf'),
    adminConfig: config('admin.conf'),
    kubeProxyConfig: config('kube-proxy.conf'),
    etcd: {
      folder: vars.pkiEtcdDir,
      authority: pair('ca', vars.pkiEtcdDir).certificate,
      server: pair('server', vars.pkiEtcdDir),
      peer: pair('peer', vars.pkiEtcdDir),
      healthcheckClient: pair('healthcheck-client', vars.pkiEtcdDir),
    },
    balancer: {
      folder: vars.pkiBalancerDir,
      authority: pair('ca', vars.pkiBalancerDir).certificate,
      client: pair('lb-healthcheck', vars.pkiBalancerDir),
      /** Certificate and key in one file, as haproxy takes them. */
      clientBundle: `${vars.pkiBalancerDir}/lb-healthcheck.pem`,
    },
  } as const;
}
