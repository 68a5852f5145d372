/**
 * Takes a cluster of Kubernetes away: everything in it is lost. Packages and what else is on the
 * hosts stay. The name of the cluster has to be said:
 *
 *     npx play reset.ts -i inventories/kubernetes-lab.yaml -e resetCluster=kubernetes
 */
import { play, playbook } from 'tsplay';
import { reset } from '../roles/reset/index.ts';
import { members } from './kubernetes-plays.ts';

export default playbook([play({ name: 'reset', hosts: members, roles: [reset] })]);
