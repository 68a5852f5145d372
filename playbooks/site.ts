/**
 * What an inventory describes: a cluster of Kubernetes where it has masters, else an etcd cluster
 * behind one address. There haproxy on every balancer asks which members are healthy, and
 * keepalived gives the address to a balancer that works.
 *
 *     npx play site.ts -i inventories/lab.yaml
 *     npx play site.ts -i inventories/kubernetes-lab.yaml
 */
import { play, playbook, type InventoryView } from 'tsplay';
import { common } from '../roles/common/index.ts';
import { etcd } from '../roles/etcd/index.ts';
import { haproxy } from '../roles/haproxy/index.ts';
import { keepalived } from '../roles/keepalived/index.ts';
import { time } from '../roles/time/index.ts';
import { isKubernetes, kubernetesPlays } from './kubernetes-plays.ts';
import { addressAnswers, etcdAsItRuns } from './site-checks.ts';

const applies = (inventory: InventoryView): boolean => !isKubernetes(inventory);

export default playbook([
  play({ name: 'etcd as it runs', hosts: 'etcd?', applies, ...etcdAsItRuns }),
  play({ name: 'hosts', hosts: 'etcd?:haproxy?:keepalived?', applies, roles: [common, time] }),
  play({ name: 'etcd', hosts: 'etcd?', applies, roles: [etcd] }),
  play({
    name: 'shared address',
    hosts: 'haproxy?:keepalived?',
    applies,
    roles: [haproxy.on('haproxy?'), keepalived.on('keepalived?')],
    ...addressAnswers,
  }),
  ...kubernetesPlays,
]);
