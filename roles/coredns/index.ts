/** Role coredns: names for services, inside the cluster. */
import { once, role, variables, z } from 'tsplay';
import { k8s, k8sWait } from 'tsplay/kubernetes';
import { clusterOf } from '../cluster/index.ts';
import { clusterAccess, master, objectsAccess } from '../master/index.ts';
import { onMaster } from '../node/index.ts';
import { pkiVariables } from '../pki/index.ts';
import { image } from '../variables.ts';
import { corednsObjects } from './objects.ts';

export const corednsVariables = variables(pkiVariables, {
  corednsImage: image.optional().describe('default by the version of Kubernetes'),
  corednsReplicas: z.int().min(1).default(2),
  corednsForward: z
    .array(z.string().regex(/^[\w.:/[\]-]+$/))
    .min(1)
    .default(['/etc/resolv.conf'])
    .describe("who is asked for names outside of the cluster: servers, or the nodes' own file"),
  corednsWaitSeconds: z.int().min(1).default(300),
});

export type CorednsVariables = z.output<typeof corednsVariables>;

export const coredns = role({
  name: 'coredns',
  vars: corednsVariables,
  uses: { cluster: clusterOf },
  needs: [master],
  *tasks({ vars, cluster }) {
    const objects = k8s(
      'coredns',
      { ...objectsAccess(cluster, vars), manifest: corednsObjects(cluster, vars) },
      { tags: ['objects'] },
    );
    const answers = k8sWait('coredns answers', {
      ...clusterAccess(cluster, vars),
      object: 'deployment/coredns',
      namespace: 'kube-system',
      for: 'rollout',
      timeout: vars.corednsWaitSeconds,
    });
    yield once(onMaster(vars), objects, answers);
  },
});
