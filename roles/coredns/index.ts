/** Role coredns: names for services, inside the cluster. */
import { once, role } from 'tsplay';
import { k8s, k8sWait } from 'tsplay/kubernetes';
import { clusterOf } from '../cluster/index.ts';
import { clusterAccess, master, objectsAccess } from '../master/index.ts';
import { onMaster } from '../node/index.ts';
import { corednsVariables } from './variables.ts';

export { corednsVariables } from './variables.ts';

export const coredns = role({
  name: 'coredns',
  vars: corednsVariables,
  uses: { cluster: clusterOf },
  needs: [master],
  *tasks({ vars, cluster }) {
    const { endpointSlices, masterTaints, images } = cluster.traits;
    const objects = k8s(
      'coredns',
      {
        ...objectsAccess(cluster, vars),
        src: 'coredns/objects.yaml.hbs',
        vars: {
          endpointSlices,
          masterTaints,
          domain: cluster.domain,
          address: cluster.dnsAddress,
          image: vars.corednsImage ?? images.coredns,
          forward: vars.corednsForward,
          replicas: vars.corednsReplicas,
        },
      },
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
