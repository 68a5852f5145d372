/**
 * Role pki: every certificate, key and kubeconfig that a host of the cluster has, by its groups.
 *
 * A role that runs a component takes the component's steps itself, so that it can say who must
 * hear of a change:
 *
 *     uses: { parts: (context) => partsOf(context) },
 *     … yield* masterCertificates(parts, { scheduler: restartScheduler });
 */
import { role } from 'tsplay';
import { balancerCertificates } from './balancer.ts';
import { administratorsOwn } from './administrator.ts';
import { etcdCertificates } from './etcd.ts';
import { masterCertificates } from './master.ts';
import { nodeCertificates } from './node.ts';
import { partsOf } from './steps.ts';
import { pkiVariables } from './variables.ts';

export { administratorsOwn } from './administrator.ts';
export { balancerCertificates, type BalancerNotify } from './balancer.ts';
export { etcdCertificates, etcdTls, type EtcdNotify } from './etcd.ts';
export { keptSecrets } from './kept-secrets.ts';
export { masterCertificates, ownApiServer, type MasterNotify } from './master.ts';
export { nodeCertificates, type NodeNotify } from './node.ts';
export { encryptionConfigPath, pkiPaths, type PairPaths } from './paths.ts';
export { certificateFiles, certificateTable, type ReportedCertificate } from './report.ts';
export { partsOf, type Parts, type PkiContext } from './steps.ts';
export { pkiVariables, type PkiVariables } from './variables.ts';

export const pki = role({
  name: 'pki',
  vars: pkiVariables,
  uses: { parts: (context) => partsOf(context) },
  *tasks({ vars, host, parts }) {
    const is = (group: string): boolean => host.groups.includes(group);
    if (is(vars.clusterEtcdGroup)) yield* etcdCertificates(parts);
    if (is(vars.clusterMasterGroup)) yield* masterCertificates(parts);
    if (is(vars.clusterNodeGroup)) yield* nodeCertificates(parts);
    if (is(vars.pkiBalancerGroup)) yield* balancerCertificates(parts);
    yield* administratorsOwn(parts);
  },
});
