/** Role metrics-server: what pods and nodes use, for `kubectl top` and for autoscaling. */
import { once, role } from 'tsplay';
import { k8s, k8sWait } from 'tsplay/kubernetes';
import { clusterOf, type Cluster } from '../cluster/index.ts';
import { clusterAccess, master, objectsAccess } from '../master/index.ts';
import { onMaster } from '../node/index.ts';
import { metricsServerVariables } from './variables.ts';

export { metricsServerVariables } from './variables.ts';

export const metricsServer = role({
  name: 'metrics-server',
  vars: metricsServerVariables,
  uses: { cluster: clusterOf },
  needs: [master],
  *tasks({ vars, cluster }) {
    const objects = k8s(
      'metrics-server',
      {
        ...objectsAccess(cluster, vars),
        src: 'metrics-server/objects.yaml.hbs',
        vars: {
          image: vars.metricsServerImage ?? imageOf(cluster),
          replicas: vars.metricsServerReplicas,
          resolution: vars.metricsServerResolution,
        },
      },
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

const imageOf = ({ traits }: Cluster): string =>
  traits.version.minor <= 24
    ? 'k8s.gcr.io/metrics-server/metrics-server:v0.4.1'
    : 'registry.k8s.io/metrics-server/metrics-server:v0.7.2';
