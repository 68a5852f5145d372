import { describe, expect, test } from 'vitest';
import { startCommand } from '../../../lab/nspawn/container.ts';
import { ownerBesides } from '../../../lab/nspawn/network.ts';
import { identityFiles, rootOf, volumesOf } from '../../../lab/nspawn/tree.ts';
import { planHosts, planLab } from '../../../lab/plan.ts';

const lab = { ...planLab({}, []), folder: '/state/labs/lab', base: '/state/bases/x' };
const [host] = planHosts(lab, 1);
if (!host) throw new Error('one host was planned');

test("a host's identity: name, address, way out and machine id", () => {
  expect(Object.fromEntries(identityFiles(lab, host, '0123'))).toEqual({
    'etc/hostname': 'node1\n',
    'etc/hosts':
      '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n10.99.0.11\tnode1\n',
    'etc/machine-id': '0123\n',
    'etc/systemd/network/10-host0.network':
      '[Match]\nName=host0\n\n[Network]\nAddress=10.99.0.11/24\nGateway=10.99.0.1\n',
  });
});

test('a container gets its bridge, and plain folders where engines keep their layers', () => {
  const command = startCommand({
    root: rootOf(lab, host),
    machine: host.machine,
    bridge: lab.bridge,
    volumes: volumesOf(lab, host),
    entrances: [],
    console: '/dev/null',
  });
  expect(command.slice(0, 6)).toEqual([
    'systemd-nspawn',
    '--register=no',
    '--keep-unit',
    '--quiet',
    '-D',
    '/state/labs/lab/hosts/node1/root',
  ]);
  expect(command).toEqual(
    expect.arrayContaining([
      '--machine=lab-node1',
      '--network-bridge=lab-lab',
      '--bind=/state/labs/lab/hosts/node1/containerd:/var/lib/containerd',
      '--bind=/state/labs/lab/hosts/node1/docker:/var/lib/docker',
      '--bind=/state/labs/lab/hosts/node1/kubelet:/var/lib/kubelet',
      '--bind=/dev/kmsg',
    ]),
  );
  expect(command.at(-1)).toBe('--boot');
});

describe('ownerBesides', () => {
  const folder = '/state/labs/lab';

  test('nobody, where there is no bridge', () => {
    expect(ownerBesides(undefined, folder)).toBeUndefined();
  });

  test("nobody, when the bridge is the lab's own or was not marked before a kill", () => {
    expect(ownerBesides('tsplay /state/labs/lab', folder)).toBeUndefined();
    expect(ownerBesides('', folder)).toBeUndefined();
  });

  test('the lab of another state folder', () => {
    const mark = 'tsplay /elsewhere/labs/lab';
    expect(ownerBesides(mark, folder)).toBe(mark);
  });
});
