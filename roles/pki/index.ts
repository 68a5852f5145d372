/**
 * Role pki: every certificate, key and kubeconfig that a host of the cluster has, by its groups.
 *
 * A role that runs a component takes the component's steps itself, so that it can say who must
 * hear of a change:
 *
 *     yield* masterCertificates({ vars, host, inventory }, { scheduler: restartScheduler });
 */
import { role } from 'tsplay';
import { balancerCertificates } from './balancer.ts';
import { administratorsOwn } from './administrator.ts';
import { etcdCertificates } from './etcd.ts';
import { masterCertificates } from './master.ts';
import { nodeCertificates } from './node.ts';
import { pkiVariables } from './variables.ts';

export { administratorsOwn } from './administrator.ts';
export { balancerCertificates, type BalancerNotify } from './balancer.ts';
export { clusterPki, type AuthorityName, type ClusterPki } from './cluster-pki.ts';
export { etcdCertificates, type EtcdNotify } from './etcd.ts';
export { keptSecrets } from './kept-secrets.ts';
export { masterCertificates, ownApiServer, type MasterNotify } from './master.ts';
export { nodeCertificates, type NodeNotify } from './node.ts';
export { encryptionConfigPath, pkiPaths } from './paths.ts';
export { certificateFiles, certificateTable, type ReportedCertificate } from './report.ts';
export type { PkiContext } from './steps.ts';
export { pkiVariables, type PkiVariables } from './variables.ts';

export const pki = role({
  name: 'pki',
  vars: pkiVariables,
  *tasks(context) {
    const { vars, host } = context;
    const is = (group: string): boolean => host.groups.includes(group);
    if (is(vars.clusterEtcdGroup)) yield* etcdCertificates(context);
    if (is(vars.clusterMasterGroup)) yield* masterCertificates(context);
    if (is(vars.clusterNodeGroup)) yield* nodeCertificates(context);
    if (is(vars.pkiBalancerGroup)) yield* balancerCertificates(context);
    yield* administratorsOwn(context);
  },
});
