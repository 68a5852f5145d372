/**
 * Role csr-approver: nobody in Kubernetes approves the certificates that kubelets serve with. Here
 * masters do, strictly: only nodes of the inventory get them, for their own names and addresses.
 */
import { copy, file, role, service, template } from 'tsplay';
import { k8s, kubeconfig } from 'tsplay/kubernetes';
import { master, objectsAccess } from '../master/index.ts';
import { ownApiServer, partsOf, pkiVariables } from '../pki/index.ts';
import { nodeList } from './nodes.ts';
import { approverPaths } from './paths.ts';

export { approverKnows } from './nodes.ts';
export { approverPaths } from './paths.ts';

/** Its name as a user of the cluster. */
const user = 'play:csr-approver';

export const csrApprover = role({
  name: 'csr-approver',
  vars: pkiVariables,
  uses: { parts: (context) => partsOf(context) },
  needs: [master],
  *tasks({ vars, host, parts: { cluster, pki } }) {
    const paths = approverPaths(vars);
    const approver = service('the approver', { unit: 'csr-approver' });
    const told = { notify: approver.change };

    yield k8s(
      'rights of the approver',
      { ...objectsAccess(cluster, vars), src: 'csr-approver/rights.yaml.hbs', vars: { user } },
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
    yield approver.unitFile('csr-approver/csr-approver.service.hbs', {
      program: paths.program,
      settings: paths.settings,
    });
    yield approver.running;
  },
});
