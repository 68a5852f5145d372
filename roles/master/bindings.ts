/** Who may do what before there is anything else in the cluster. */
import { type Step } from 'tsplay';
import { k8s } from 'tsplay/kubernetes';
import type { Cluster } from '../cluster/index.ts';
import { objectsAccess } from './access.ts';
import type { MasterVariables } from './variables.ts';

/** The group of those who show the bootstrap token. */
export const bootstrapGroup = (cluster: Cluster): string => `system:bootstrappers:${cluster.name}`;

export const rightsOfNodes = (cluster: Cluster, vars: MasterVariables): Step =>
  k8s(
    'rights of joining nodes',
    {
      ...objectsAccess(cluster, vars),
      src: 'master/rights.yaml.hbs',
      vars: { joining: bootstrapGroup(cluster) },
    },
    { runOnce: true, tags: ['objects'] },
  );
