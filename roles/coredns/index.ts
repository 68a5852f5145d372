/** Role coredns: names for services, inside the cluster. */
import { k8s, k8sWait, role, variables, z } from 'tsplay';
import { clusterOf } from '../cluster/index.ts';
import { clusterAccess, objectsAccess } from '../master/index.ts';
import { onMaster } from '../node/index.ts';
import { pkiVariables } from '../pki/index.ts';
import { corednsObjects } from './objects.ts';

export const corednsVariables = variables(pkiVariables, {
  corednsImage: z
    .string()
    .regex(/^\S+$/)
    .optional()
    .describe('default by the version of Kubernetes'),
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
  *tasks({ vars, inventory }) {
    const cluster = clusterOf({ inventory, vars });
    const once = { runOnce: true, on: onMaster(vars) } as const;
    yield k8s(
      'coredns',
      { ...objectsAccess(cluster, vars), manifest: corednsObjects(cluster, vars) },
      { ...once, tags: ['objects'] },
    );
    yield k8sWait(
      'coredns answers',
      {
        ...clusterAccess(cluster, vars),
        object: 'deployment/coredns',
        namespace: 'kube-system',
        for: 'rollout',
        timeout: vars.corednsWaitSeconds,
      },
      once,
    );
  },
});
