/** Flags of kube-apiserver. */
import { isIPv6 } from 'node:net';
import { encryptionConfigPath, type Parts } from '../pki/index.ts';
import { inUrl } from '../variables.ts';
import type { Flags } from './flags.ts';
import type { MasterVariables } from './variables.ts';

export const auditPolicyPath = (vars: MasterVariables): string =>
  `${vars.clusterConfigDir}/audit-policy.yaml`;

/** What it is started with. A flag that this version does not have is left out. */
export function apiserverFlags({ host, cluster, paths, vars }: Parts<MasterVariables>): Flags {
  const { traits } = cluster;
  const etcd = cluster.etcd.map(
    ({ address }) => `https://${inUrl(address)}:${vars.masterEtcdPort}`,
  );
  return {
    'advertise-address': host.address,
    'bind-address': vars.masterBindAddress ?? (isIPv6(host.address) ? '::' : '0.0.0.0'),
    'secure-port': cluster.apiPort,
    ...(traits.insecurePorts && { 'insecure-port': 0 }),
    'etcd-servers': etcd.join(','),
    'etcd-cafile': paths.etcdAuthority,
    'etcd-certfile': paths.apiserverEtcdClient.certificate,
    'etcd-keyfile': paths.apiserverEtcdClient.key,
    'client-ca-file': paths.authority.certificate,
    'tls-cert-file': paths.apiserver.certificate,
    'tls-private-key-file': paths.apiserver.key,
    'tls-min-version': 'VersionTLS12',
    'kubelet-certificate-authority': paths.authority.certificate,
    'kubelet-client-certificate': paths.apiserverKubeletClient.certificate,
    'kubelet-client-key': paths.apiserverKubeletClient.key,
    'kubelet-preferred-address-types': 'InternalIP,Hostname',
    'service-account-issuer': `https://kubernetes.default.svc.${cluster.domain}`,
    'service-account-key-file': paths.serviceAccount.publicKey,
    'service-account-signing-key-file': paths.serviceAccount.key,
    'authorization-mode': 'Node,RBAC',
    'anonymous-auth': false,
    'enable-bootstrap-token-auth': true,
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': true,
    'requestheader-client-ca-file': paths.frontProxyAuthority,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'proxy-client-cert-file': paths.frontProxyClient.certificate,
    'proxy-client-key-file': paths.frontProxyClient.key,
    'enable-aggregator-routing': true,
    'service-cluster-ip-range': cluster.service.text,
    'service-node-port-range': vars.clusterNodePorts,
    'max-requests-inflight': vars.masterRequestsInFlight,
    'max-mutating-requests-inflight': vars.masterMutatingRequestsInFlight,
    'encryption-provider-config': encryptionConfigPath(vars),
    'audit-policy-file': auditPolicyPath(vars),
    'audit-log-path': `${vars.masterAuditDir}/audit.log`,
    'audit-log-maxage': vars.masterAuditDays,
    'audit-log-maxbackup': vars.masterAuditFiles,
    'audit-log-maxsize': vars.masterAuditMegabytes,
    'event-ttl': `${vars.masterEventHours}h`,
    profiling: false,
    v: vars.masterLogLevel,
    ...vars.masterApiserverFlags,
  };
}
