/** Role metrics-server: what pods and nodes use, for `kubectl top` and for autoscaling. */
import { once, role, variables, z } from 'tsplay';
import { k8s, k8sWait } from 'tsplay/kubernetes';
import { clusterOf } from '../cluster/index.ts';
import { clusterAccess, master, objectsAccess } from '../master/index.ts';
import { onMaster } from '../node/index.ts';
import { pkiVariables } from '../pki/index.ts';
import { image } from '../variables.ts';
import { metricsObjects } from './objects.ts';

export const metricsServerVariables = variables(pkiVariables, {
  metricsServerImage: image.optional().describe('default by the version of Kubernetes'),
  metricsServerReplicas: z.int().min(1).default(1),
  metricsServerResolution: z.int().min(10).default(15).describe('seconds'),
  metricsServerWaitSeconds: z.int().min(1).default(300),
});

export type MetricsServerVariables = z.output<typeof metricsServerVariables>;

export const metricsServer = role({
  name: 'metrics-server',
  vars: metricsServerVariables,
  uses: { cluster: clusterOf },
  needs: [master],
  *tasks({ vars, cluster }) {
    const objects = k8s(
      'metrics-server',
      { ...objectsAccess(cluster, vars), manifest: metricsObjects(cluster, vars) },
      { tags: ['objects'] },
    );
    const answers = k8sWait('metrics-server answers', {
      ...clusterAccess(cluster, vars),
      object: 'apiservice/v1beta1.metrics.k8s.io',
      for: 'Available',
      timeout: vars.metricsServerWaitSeconds,
    });
    yield once(onMaster(vars), objects, answers);
  },
});
