/**
 * Role csr-approver: nobody in Kubernetes approves the certificates that kubelets serve with. Here
 * masters do, strictly: only nodes of the inventory get them, for their own names and addresses.
 */
import { copy, file, flushHandlers, handler, role, systemd, template, z } from 'tsplay';
import { k8s, kubeconfig } from 'tsplay/kubernetes';
import { clusterOf, clusterShape, refuseCluster } from '../cluster/index.ts';
import { objectsAccess } from '../master/index.ts';
import { clusterPki, ownApiServer, pkiShape, refusePki } from '../pki/index.ts';
import { nodeList } from './nodes.ts';
import { approverPaths } from './paths.ts';
import { rights, user } from './rights.ts';

export { approverKnows } from './nodes.ts';
export { approverPaths } from './paths.ts';

export const csrApproverVariables = z
  .strictObject({ ...clusterShape, ...pkiShape })
  .superRefine(refuseCluster)
  .superRefine(refusePki);

const unit = 'csr-approver';

export const csrApprover = role({
  name: 'csr-approver',
  vars: csrApproverVariables,
  *tasks({ vars, host, inventory }) {
    const cluster = clusterOf(inventory, vars);
    const pki = clusterPki(vars);
    const paths = approverPaths(vars);
    const restart = handler(systemd('restart the approver', { unit, state: 'restarted' }));
    const told = { notify: restart };

    yield k8s(
      'rights of the approver',
      { ...objectsAccess(cluster, vars), manifest: rights },
      { runOnce: true, tags: ['objects'] },
    );
    yield kubeconfig(
      'kubeconfig of the approver',
      {
        path: paths.kubeconfig,
        server: ownApiServer(host, cluster),
        ca: pki.trust('kubernetes'),
        cluster: cluster.name,
        user,
        certificate: (run) => ({
          ca: pki.authority('kubernetes')(run),
          subject: { commonName: user },
          days: vars.pkiDays,
          renewBeforeDays: vars.pkiRenewBeforeDays,
          keyType: vars.pkiKeyType,
        }),
      },
      told,
    );
    yield file('folder of the approver', { path: paths.folder, state: 'directory', mode: '0755' });
    for (const [name, dest, mode] of [
      ['approve-serving-certificates', paths.program, '0755'],
      ['judge-requests.awk', paths.judge, '0644'],
    ] as const) {
      yield copy(`program ${name}`, { src: name, dest, mode }, told);
    }
    // Read anew for each request: a node that comes or goes restarts nothing.
    yield copy('nodes that may have certificates', nodeList(cluster, vars));
    yield template(
      'settings of the approver',
      {
        src: 'csr-approver/settings.hbs',
        dest: paths.settings,
        mode: '0644',
        vars: {
          kubectl: `${vars.clusterBinDir}/kubectl`,
          kubeconfig: paths.kubeconfig,
          nodes: paths.nodes,
        },
      },
      told,
    );
    yield template(
      'unit of the approver',
      {
        src: 'csr-approver/csr-approver.service.hbs',
        dest: `/etc/systemd/system/${unit}.service`,
        mode: '0644',
        vars: { program: paths.program, settings: paths.settings },
      },
      told,
    );
    yield systemd('the approver runs', { unit, state: 'started', enabled: true });
    yield flushHandlers('restart the approver');
  },
});
