/** /etc/docker/daemon.json: made whole, so that it is JSON and has no comment in it. */
import type { Facts } from 'tsplay';
import { cgroupDriverOf } from '../cluster/index.ts';
import { compareVersions } from 'tsplay/kubernetes';
import type { DockerVariables } from './variables.ts';

export function daemonJson(vars: DockerVariables, facts: Facts): string {
  const settings = {
    'exec-opts': [`native.cgroupdriver=${cgroupDriverOf(vars)}`],
    'data-root': vars.dockerRoot,
    'log-driver': 'json-file',
    'log-opts': { 'max-size': vars.dockerLogSize, 'max-file': String(vars.dockerLogFiles) },
    'storage-driver': 'overlay2',
    // Only the kernel of EL7 needs it, and newer dockers do not know it.
    ...(compareVersions(facts.kernel, '4') < 0 && {
      'storage-opts': ['overlay2.override_kernel_check=true'],
    }),
    // A restart of docker leaves containers running.
    'live-restore': true,
    ...(vars.dockerMirrors.length > 0 && { 'registry-mirrors': vars.dockerMirrors }),
    ...(vars.dockerInsecureRegistries.length > 0 && {
      'insecure-registries': vars.dockerInsecureRegistries,
    }),
    ...(vars.dockerBip !== undefined && { bip: vars.dockerBip }),
    ...(vars.dockerDns.length > 0 && { dns: vars.dockerDns }),
    ...vars.dockerDaemon,
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}
