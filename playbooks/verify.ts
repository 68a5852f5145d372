/**
 * Whether a cluster of Kubernetes works: nodes, pods across hosts, services by address, name and
 * port, logs, exec, and a deployment that rolls to another image. What it makes it removes again.
 *
 *     npx play verify.ts -i inventories/kubernetes-lab.yaml
 */
import { play, playbook } from 'tsplay';
import { verify } from '../roles/verify/index.ts';

export default playbook([play({ name: 'verify', hosts: 'kube_node', roles: [verify] })]);
