/** A cluster of Slurm on lab hosts, by a playbook: the first host leads, all of them work. */
import type { Lab } from '../../../lab/index.ts';

/** Where the nodes have tsplay and the project, as on a file system that they share. */
export const shared = '/srv/shards';

/** @param nodes names of the hosts @param tree of the image, which brings node and the package */
export const slurmBook = (lab: Lab, nodes: readonly string[], archive: string): string => `
import { apt, copy, file, handler, play, playbook, systemd, unarchive } from 'tsplay';
const nodes = ${JSON.stringify(nodes)};
const conf = [
  'ClusterName=lab', 'SlurmctldHost=' + nodes[0], 'SlurmUser=slurm', 'AuthType=auth/munge',
  'ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none', 'SelectType=select/linear',
  'StateSaveLocation=/var/spool/slurmctld', 'SlurmdSpoolDir=/var/spool/slurmd', 'ReturnToService=2',
  'SlurmctldPidFile=/run/slurmctld.pid', 'SlurmdPidFile=/run/slurmd.pid', 'MpiDefault=none',
  'NodeName=' + nodes.join(',') + ' CPUs=1 State=UNKNOWN',
  'PartitionName=main Nodes=ALL Default=YES State=UP', '',
].join('\\n');
const names = ${JSON.stringify(lab.hosts.map(({ name, address }) => `${address} ${name}\n`).join(''))};
export default playbook([play({ name: 'slurm', hosts: nodes.join(':'), *tasks({ host }) {
  yield apt('packages', { name: ['slurm-wlm', 'munge', 'openssh-client'] });
  yield copy('hosts', { dest: '/etc/hosts', content: '127.0.0.1 localhost\\n' + names });
  const munge = handler(systemd('restart munge', { unit: 'munge', state: 'restarted' }));
  yield copy('key of munge', {
    dest: '/etc/munge/munge.key', content: 'x'.repeat(1024), owner: 'munge', group: 'munge', mode: '0400',
  }, { notify: munge });
  yield copy('slurm.conf', { dest: '/etc/slurm/slurm.conf', content: conf });
  for (const path of ['/var/spool/slurmctld', '/var/spool/slurmd'])
    yield file(path, { path, state: 'directory', owner: 'slurm', group: 'slurm' });
  yield file('shared', { path: '${shared}', state: 'directory' });
  yield unarchive('program and project', { src: '${archive}', dest: '${shared}' });
  yield systemd('munge', { unit: 'munge', state: 'started', enabled: true });
} }), play({ name: 'daemons', hosts: nodes.join(':'), *tasks({ host }) {
  if (host.name === nodes[0]) yield systemd('slurmctld', { unit: 'slurmctld', state: 'started', enabled: true });
  yield systemd('slurmd', { unit: 'slurmd', state: 'started', enabled: true });
} })]);
`;
