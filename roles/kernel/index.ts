/** Role kernel: modules and parameters that Kubernetes needs, now and at boot. */
import { debug, modprobe, role, sysctl } from 'tsplay';
import { clusterOf } from '../cluster/index.ts';
import { modulesOf, parametersOf } from './parameters.ts';
import { kernelVariables } from './variables.ts';

export const kernel = role({
  name: 'kernel',
  vars: kernelVariables,
  // For what it refuses.
  uses: { cluster: clusterOf },
  *tasks({ vars }) {
    // Before the parameters: those of bridges are there only with their module.
    for (const module of modulesOf(vars)) {
      yield modprobe(`module ${module}`, { module, persistent: true });
    }
    const { set, left } = parametersOf(vars);
    for (const [key, value] of set) {
      yield sysctl(key, { key, value, file: '/etc/sysctl.d/90-kubernetes.conf' });
    }
    if (left.length > 0) {
      yield debug('left alone on a shared kernel', {
        message: `these are the controller's own: ${left.join(', ')}`,
      });
    }
  },
});
