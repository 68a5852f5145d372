/** Where docker's packages are from, and which. */
import { apt, choose, copy, file, pkg, type Step } from 'tsplay';
import type { DockerVariables } from './variables.ts';

export function packageSteps(vars: DockerVariables): Step[] {
  const named = (name: string): string =>
    vars.dockerVersion === undefined ? name : `${name}=${vars.dockerVersion}`;
  const pinned = vars.dockerVersion === undefined ? {} : { hold: true };
  if (vars.dockerPackages === 'distribution') {
    return [
      choose('docker of the distribution', (run) => run.facts.os.family, {
        debian: [
          apt('docker is installed', {
            name: [named('docker.io')],
            installRecommends: false,
            ...pinned,
          }),
        ],
        default: [pkg('docker of the distribution is installed', { name: [named('docker')] })],
      }),
    ];
  }
  const names = [named('docker-ce'), 'docker-ce-cli', 'containerd.io'];
  return [
    choose('docker-ce', (run) => run.facts.os.family, {
      debian: [
        ...aptRepository(vars),
        apt('docker-ce is installed', {
          name: names,
          // The repository is new when it is installed.
          updateCache: true,
          installRecommends: false,
          ...pinned,
        }),
      ],
      redhat: [
        ...yumRepository(vars),
        pkg('docker-ce is installed from yum', { name: names, ...pinned }),
      ],
    }),
  ];
}

function aptRepository({ dockerRepository: repository }: DockerVariables): Step[] {
  if (!repository) return [];
  const key = '/etc/apt/keyrings/docker.asc';
  return [
    file('folder of keys', { path: '/etc/apt/keyrings', state: 'directory', mode: '0755' }),
    copy('key of the repository', { src: repository.key, dest: key, mode: '0644' }),
    copy('repository of docker-ce', {
      dest: '/etc/apt/sources.list.d/docker.list',
      content: ({ facts: { os, arch } }) =>
        `deb [arch=${arch === 'aarch64' ? 'arm64' : 'amd64'} signed-by=${key}] ${repository.url}/${os.id} ${os.codename} ${repository.channel}\n`,
      mode: '0644',
    }),
  ];
}

function yumRepository({ dockerRepository: repository }: DockerVariables): Step[] {
  if (!repository) return [];
  const key = '/etc/pki/rpm-gpg/RPM-GPG-KEY-docker';
  return [
    copy('key of the repository for yum', { src: repository.key, dest: key, mode: '0644' }),
    copy('repository of docker-ce for yum', {
      dest: '/etc/yum.repos.d/docker-ce.repo',
      content: [
        '[docker-ce]',
        'name=Docker CE',
        `baseurl=${repository.url}/centos/$releasever/$basearch/${repository.channel}`,
        'enabled=1',
        'gpgcheck=1',
        `gpgkey=file://${key}`,
        '',
      ].join('\n'),
      mode: '0644',
    }),
  ];
}
