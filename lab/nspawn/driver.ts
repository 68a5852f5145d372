/** The systemd-nspawn driver: a host is a container with real systemd and sshd. */
import { join } from 'node:path';
import { PlayError } from '../../engine/errors.ts';
import type { Driver } from '../driver.ts';
import { linkName } from '../plan.ts';
import { prepareBase } from './base.ts';
import { makeGroups, removeGroups } from './cgroup.ts';
import { endContainer, findLeader, startContainer, stopContainer } from './container.ts';
import { raiseSettings, restoreSettings } from './settings.ts';
import { removeTree } from './mounts.ts';
import {
  closeNetwork,
  foreignOwner,
  openNetwork,
  setLink,
  setNetem,
  usedSubnets,
} from './network.ts';
import { requireNspawn } from './requirements.ts';
import { createTree, hostFolder, mountTree, readHostKeys, rootOf, volumesOf } from './tree.ts';

/** What a program run inside a host finds in its environment. */
const insideEnvironment = [
  'HOME=/root',
  'LANG=C.UTF-8',
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
];

export const nspawn: Driver = {
  name: 'nspawn',
  require: requireNspawn,
  prepareBase,
  usedSubnets,
  foreignOwner,
  async openNetwork(lab) {
    await raiseSettings(stateOf(lab.folder));
    await openNetwork(lab);
  },
  async closeNetwork(lab, isLast) {
    await closeNetwork(lab);
    if (isLast) await restoreSettings(stateOf(lab.folder));
  },
  create: createTree,
  hostKeys: readHostKeys,
  async boot(lab, host) {
    await mountTree(lab, host);
    await startContainer({
      root: rootOf(lab, host),
      machine: host.machine,
      bridge: lab.bridge,
      volumes: volumesOf(lab, host),
      entrances: await makeGroups(host.machine),
      console: join(hostFolder(lab, host), 'console.log'),
    });
  },
  leader: (lab, host) => findLeader(rootOf(lab, host)),
  stop: (lab, host, patience) => stopContainer(rootOf(lab, host), host.machine, patience),
  powerOff: (lab, host) => endContainer(rootOf(lab, host), host.machine),
  async remove(lab, host) {
    await removeTree(hostFolder(lab, host));
    await removeGroups(host.machine);
  },
  root: rootOf,
  volumes: volumesOf,
  async inside(lab, host, argv) {
    const leader = await findLeader(rootOf(lab, host));
    if (leader === undefined) {
      throw new PlayError(`${host.name} is not running`, {
        hint: `boot it with \`play lab up --name ${lab.name}\``,
      });
    }
    const enter = ['nsenter', '--target', String(leader), '--all', '--root', '--wd'];
    return [...enter, '--', 'env', '-i', ...insideEnvironment, ...argv];
  },
  setLink: (host, up) => setLink(linkName(host.machine), up),
  setNetem: (host, netem) => setNetem(linkName(host.machine), netem),
};

/** Labs lie in `labs/NAME` of the state folder. */
function stateOf(labFolder: string): string {
  return join(labFolder, '../..');
}
