/** Role docker: runs containers, for kubelet too where the version of Kubernetes still can. */
import { copy, file, pkg, role, service } from 'tsplay';
import { containerImage } from 'tsplay/kubernetes';
import { daemonJson } from './daemon.ts';
import { packageSteps } from './packages.ts';
import { dockerVariables } from './variables.ts';

export const docker = role({
  name: 'docker',
  tags: ['runtime'],
  vars: dockerVariables,
  *tasks({ vars, host }) {
    const unit = service('docker');
    const config = { notify: unit.change, tags: ['config'] };

    // Before the packages, which may bring them too: so check knows who makes them.
    for (const path of ['/etc/docker', '/etc/systemd/system/docker.service.d']) {
      yield file(`folder ${path}`, { path, state: 'directory', mode: '0755' });
    }
    yield* packageSteps(vars);
    const isNode = host.groups.includes(vars.clusterNodeGroup);
    if (isNode && vars.cniPackages.length > 0) {
      yield pkg('programs of the pod network', { name: vars.cniPackages });
    }
    yield copy(
      'docker configuration',
      {
        dest: '/etc/docker/daemon.json',
        content: (run) => daemonJson(vars, run.facts),
        mode: '0644',
      },
      config,
    );
    yield copy(
      'packets of pods pass',
      {
        dest: '/etc/systemd/system/docker.service.d/forward.conf',
        content: forward,
        mode: '0644',
      },
      config,
    );
    yield unit.running;
    for (const src of vars.dockerImages) {
      yield containerImage(`image ${src.slice(src.lastIndexOf('/') + 1)}`, {
        src,
        runtime: 'docker',
      });
    }
  },
});

/** Since 1.13 docker drops what the host forwards, and with it what pods send each other. */
const forward = `[Service]
ExecStartPost=/usr/sbin/iptables -P FORWARD ACCEPT
`;
