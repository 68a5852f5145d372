/**
 * Role master: kube-apiserver, kube-controller-manager and kube-scheduler as units. The first start
 * is in parallel; afterwards API servers restart one at a time, each ready before the next.
 * Certificates that the components read again by themselves restart nothing.
 */
import { copy, file, flushHandlers, PlaybookError, role, template } from 'tsplay';
import { binaries } from '../binaries/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { encryptionConfigPath, masterCertificates, partsOf } from '../pki/index.ts';
import { rightsOfNodes } from './bindings.ts';
import { auditPolicyPath } from './apiserver-flags.ts';
import { componentsOf } from './components.ts';
import { masterVariables, type MasterVariables } from './variables.ts';

export { clusterAccess, objectsAccess } from './access.ts';
export { bootstrapGroup } from './bindings.ts';

export const master = role({
  name: 'master',
  vars: masterVariables,
  uses: { parts: (context) => partsOf(context) },
  needs: [binaries],
  *tasks({ vars, parts }) {
    refuseWithoutEtcd(parts.cluster, vars);
    const { apiserver, controllerManager, scheduler, ready } = componentsOf(parts);
    const all = [apiserver, controllerManager, scheduler];
    const config = { notify: apiserver.change, tags: ['config'] };

    yield* masterCertificates(parts, {
      apiserver: apiserver.change,
      controllerManager: controllerManager.change,
      scheduler: scheduler.change,
    });
    yield file('folder of the audit log', {
      path: vars.masterAuditDir,
      state: 'directory',
      mode: '0700',
    });
    yield template(
      'audit policy',
      { src: 'master/audit-policy.yaml.hbs', dest: auditPolicyPath(vars), mode: '0600' },
      config,
    );
    const content = parts.pki.encryptionConfig;
    yield copy(
      'encryption of secrets in etcd',
      { content, dest: encryptionConfigPath(vars), mode: '0600' },
      config,
    );
    for (const { unit } of all) yield unit;
    for (const { runs } of all) yield runs;
    yield flushHandlers('roll the control plane');
    yield ready;
    yield rightsOfNodes(parts.cluster, vars);
  },
});

/** @throws PlaybookError where API servers would have no etcd */
function refuseWithoutEtcd({ etcd }: Cluster, vars: MasterVariables): void {
  if (etcd.length > 0 || vars.masterApiserverFlags['etcd-servers'] !== undefined) return;
  throw new PlaybookError(`master: no host is in the group '${vars.clusterEtcdGroup}'`, {
    hint: 'put one or three hosts into it, for example the masters. For an etcd of your own set masterApiserverFlags: { etcd-servers: … }',
  });
}
