/**
 * What an inventory describes: a cluster of Kubernetes where it has masters, else an etcd cluster
 * behind one address. There haproxy on every balancer asks which members are healthy, and
 * keepalived gives the address to a balancer that works.
 *
 *     npx play site.ts -i inventories/lab.yaml
 *     npx play site.ts -i inventories/kubernetes-lab.yaml
 */
import { block, play, playbook, waitFor, z, type InventoryView } from 'tsplay';
import { common } from '../roles/common/index.ts';
import { etcd, etcdVariables, ownTls, staysOneCluster } from '../roles/etcd/index.ts';
import { haproxy } from '../roles/haproxy/index.ts';
import { keepalived } from '../roles/keepalived/index.ts';
import { time } from '../roles/time/index.ts';
import { isKubernetes, kubernetesPlays, oneCluster } from './kubernetes-plays.ts';

const applies = (inventory: InventoryView): boolean => !isKubernetes(inventory);

export default playbook([
  play({
    name: 'etcd as it runs',
    hosts: 'etcd?',
    applies,
    // One member that does not belong, and nothing is written to any.
    maxFailPercentage: 0,
    vars: etcdVariables,
    *tasks(context) {
      const { vars } = context;
      const stays = [...staysOneCluster(context, vars.etcdTls ?? ownTls(vars), vars)];
      yield block('etcd stays one cluster', { tasks: stays }, oneCluster);
    },
  }),
  play({
    name: 'hosts',
    hosts: 'etcd?:haproxy?:keepalived?',
    applies,
    *tasks() {
      yield common;
      yield time;
    },
  }),
  play({ name: 'etcd', hosts: 'etcd?', applies, roles: [etcd] }),
  play({
    name: 'shared address',
    hosts: 'haproxy?:keepalived?',
    applies,
    vars: z.strictObject({
      siteUrl: z.url().optional().describe('what must answer through the shared address'),
    }),
    *tasks({ vars, host }) {
      if (host.groups.includes('haproxy')) yield haproxy;
      if (host.groups.includes('keepalived')) yield keepalived;
      if (vars.siteUrl === undefined) return;
      yield waitFor(
        'the shared address answers',
        { http: { url: vars.siteUrl }, timeout: 30 },
        { tags: ['verify'] },
      );
    },
  }),
  ...kubernetesPlays,
]);
