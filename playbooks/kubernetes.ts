/**
 * A highly available cluster of Kubernetes from bare hosts: etcd, API servers behind one address,
 * nodes, network and names.
 *
 *     npx play kubernetes.ts -i inventories/kubernetes-lab.yaml
 */
import { playbook } from 'tsplay';
import { kubernetesPlays } from './kubernetes-plays.ts';

export default playbook([...kubernetesPlays]);
