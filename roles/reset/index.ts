/**
 * Role reset: takes away what the roles made, and only that. Packages, the runtime and its images,
 * the host's name and names of hosts stay, and so does whatever else is in the host's network:
 * chains are removed by name and nothing is flushed. Authorities on the controller stay too.
 */
import { ask, command, file, flushHandlers, handler, role, systemd } from 'tsplay';
import { clusterOf } from '../cluster/index.ts';
import { forgetNode } from './forget-node.ts';
import { madeOn } from './made.ts';
import { resetVariables } from './variables.ts';

export const reset = role({
  name: 'reset',
  vars: resetVariables,
  uses: { cluster: clusterOf },
  *tasks({ vars, host, cluster }) {
    const made = madeOn(host, cluster, vars);
    // What has no file any more is kept in memory until systemd reads its units anew.
    const forget = handler(
      command('systemd reads its units anew', { argv: ['systemctl', 'daemon-reload'] }),
    );

    yield flushHandlers('units that an interrupted run removed');
    for (const unit of new Set(made.flatMap(({ units }) => units))) {
      yield systemd(`${unit} is off`, { unit, state: 'stopped', enabled: false });
    }
    if (cluster.nodes.includes(host)) {
      const words = [vars.kubeletRoot, cluster.pod.text, vars.cniBridge];
      const forgetting = (verb: 'look' | 'remove'): string[] => [
        '/bin/sh',
        '-c',
        forgetNode,
        'forget-node',
        verb,
        ...words,
      ];
      // Only what this host does decides it: others take their parts down at the same time.
      const clean = ask('whether anything is left of pods and their network', {
        argv: forgetting('look'),
        scope: 'host',
      });
      yield clean;
      yield command(
        'containers, mounts, links and chains are gone',
        { argv: forgetting('remove') },
        { when: (run) => !run.result(clean) },
      );
    }
    for (const path of new Set(made.flatMap(({ paths }) => paths))) {
      const isUnit = path.startsWith('/etc/systemd/');
      yield file(`${path} is gone`, { path, state: 'absent' }, isUnit ? { notify: forget } : {});
    }
    yield flushHandlers('units that are gone');
  },
});
