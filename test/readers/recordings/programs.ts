/** Programs of clusters: containerd, docker and etcd. */
import { absent } from '../../../engine/module/reader.ts';
import {
  containerImage,
  type ContainerImageKey,
} from '../../../kubernetes/readers/container-image.ts';
import { etcdMembers } from '../../../kubernetes/readers/etcd-members.ts';
import { dockerArchive } from '../../../lab/kubernetes/archive/docker-archive.ts';
import { is, recording, type Recording } from './recording.ts';

const archive = dockerArchive({
  names: ['docker.io/library/own:1'],
  architecture: 'amd64',
  start: { Cmd: ['sh'] },
  layers: [[{ type: 'file', path: 'a', mode: 0o644, content: Buffer.from('a') }]],
});

const image = (runtime: ContainerImageKey['runtime'], reference: string) =>
  containerImage({ runtime, namespace: 'k8s.io', reference });

export const programs: readonly Recording[] = [
  recording(
    {
      on: 'debian-12',
      version: 'ctr --version; docker --version',
      packages: ['containerd', 'docker.io'],
      files: { '/srv/own.tar': archive },
      prepare: `systemctl start containerd docker
ctr -n k8s.io images import /srv/own.tar >/dev/null
docker load -qi /srv/own.tar >/dev/null`,
    },
    [
      [image('containerd', 'docker.io/library/own:1'), is({ id: /^[0-9a-f]{64}$/ })],
      [image('containerd', 'docker.io/library/own:2'), absent],
      [image('docker', 'own:1'), is({ id: /^[0-9a-f]{64}$/ })],
      [image('docker', 'own:2'), absent],
    ],
  ),
  recording(
    {
      on: 'debian-12',
      version: 'etcdctl version',
      packages: ['etcd-server', 'etcd-client'],
      prepare: `systemctl start etcd
ETCDCTL_API=3 etcdctl member list | grep -q 10.9.9.9 || ETCDCTL_API=3 etcdctl member add second --learner --peer-urls=http://10.9.9.9:2380,http://10.9.9.9:2381 >/dev/null`,
    },
    [
      [
        etcdMembers({ endpoints: ['http://127.0.0.1:1', 'http://127.0.0.1:2379'] }),
        is({
          refused: undefined,
          members: new Set([
            {
              id: /^[0-9a-f]+$/,
              name: 'record1',
              peerUrls: ['http://localhost:2380'],
              learner: false,
            },
            { name: '', peerUrls: ['http://10.9.9.9:2380', 'http://10.9.9.9:2381'], learner: true },
          ]),
        }),
      ],
      [
        etcdMembers({ endpoints: ['http://127.0.0.1:1'] }),
        is({ members: [], refused: /^Error: unhealthy cluster$/m }),
      ],
    ],
  ),
];
