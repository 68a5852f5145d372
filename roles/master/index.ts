/**
 * Role master: kube-apiserver, kube-controller-manager and kube-scheduler as units. The first start
 * is in parallel; afterwards API servers restart one at a time, each ready before the next.
 * Certificates that the components read again by themselves restart nothing.
 */
import { copy, file, flushHandlers, PlaybookError, role, template, waitFor } from 'tsplay';
import { clusterOf, type Cluster } from '../cluster/index.ts';
import { clusterPki, encryptionConfigPath, masterCertificates, pkiPaths } from '../pki/index.ts';
import { bindings } from './bindings.ts';
import { auditPolicyPath } from './apiserver-flags.ts';
import { componentsOf } from './components.ts';
import { masterVariables, type MasterVariables } from './variables.ts';

export { clusterAccess, objectsAccess } from './access.ts';
export { bootstrapGroup } from './bindings.ts';

export const master = role({
  name: 'master',
  vars: masterVariables,
  *tasks({ vars, host, inventory }) {
    const cluster = clusterOf({ inventory, vars });
    refuseWithoutEtcd(cluster, vars);
    const paths = pkiPaths(vars);
    const pki = clusterPki(vars);
    const { apiserver, controllerManager, scheduler, ready } = componentsOf(host, cluster, vars);

    yield* masterCertificates(
      { vars, host, inventory },
      {
        apiserver: apiserver.roll,
        controllerManager: controllerManager.roll,
        scheduler: scheduler.roll,
      },
    );
    yield file('folder of the audit log', {
      path: vars.masterAuditDir,
      state: 'directory',
      mode: '0700',
    });
    yield template(
      'audit policy',
      { src: 'master/audit-policy.yaml.hbs', dest: auditPolicyPath(vars), mode: '0600' },
      { notify: apiserver.roll, tags: ['config'] },
    );
    yield copy(
      'encryption of secrets in etcd',
      { content: pki.encryptionConfig, dest: encryptionConfigPath(vars), mode: '0600' },
      { notify: apiserver.roll, tags: ['config'] },
    );
    for (const { unit } of [apiserver, controllerManager, scheduler]) yield unit;
    for (const { runs } of [apiserver, controllerManager, scheduler]) yield runs;
    yield flushHandlers('roll the control plane');
    yield waitFor('the API server is ready', {
      http: {
        url: ready,
        ca: paths.authority.certificate,
        cert: paths.apiserverKubeletClient.certificate,
        key: paths.apiserverKubeletClient.key,
      },
      journal: 'kube-apiserver',
      timeout: vars.masterStartSeconds,
    });
    yield* bindings(cluster, vars);
  },
});

/** @throws PlaybookError where API servers would have no etcd */
function refuseWithoutEtcd({ etcd }: Cluster, vars: MasterVariables): void {
  if (etcd.length > 0 || vars.masterApiserverFlags['etcd-servers'] !== undefined) return;
  throw new PlaybookError(`master: no host is in the group '${vars.clusterEtcdGroup}'`, {
    hint: `put one host into it, or three: the masters may be these. For an etcd of your own set masterApiserverFlags: { etcd-servers: … }`,
  });
}
