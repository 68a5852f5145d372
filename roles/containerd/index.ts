/** Role containerd: runs the containers of pods. */
import { apt, assert, choose, file, pkg, query, role, service, template } from 'tsplay';
import { cgroupDriverOf, clusterOf } from '../cluster/index.ts';
import { containerdRefusal, containerImage } from 'tsplay/kubernetes';
import { containerdVariables } from './variables.ts';

const socket = 'unix:///run/containerd/containerd.sock';

export const containerd = role({
  name: 'containerd',
  tags: ['runtime'],
  vars: containerdVariables,
  uses: { cluster: clusterOf },
  *tasks({ vars, cluster: { traits } }) {
    // Containers outlive its restart: each has a process of its own.
    const unit = service('containerd');

    // Before the packages, which may bring them too: so check knows who makes them.
    for (const [name, path] of [
      ['configuration', '/etc/containerd'],
      ['registries', '/etc/containerd/certs.d'],
      ['images and containers', vars.containerdRoot],
      ['pod network', vars.cniConfDir],
    ] as const) {
      yield file(`folder: ${name}`, { path, state: 'directory' });
    }
    const packages = (usual: string) => [
      ...(vars.containerdPackages ?? [usual]),
      ...vars.cniPackages,
    ];
    yield choose('packages', (run) => run.facts.os.family, {
      // What they recommend is python, for pictures of running containers.
      debian: [
        apt('containerd is installed', {
          name: packages('containerd'),
          installRecommends: false,
        }),
      ],
      default: [pkg('containerd.io is installed', { name: packages('containerd.io') })],
    });
    const version = query('version of containerd', {
      argv: ['containerd', '--version'],
      scope: 'host',
    });
    yield version;
    yield assert('kubelet and containerd understand each other', {
      that: (run) => refusal(run.result(version).stdout) === undefined,
      message: (run) => refusal(run.result(version).stdout) ?? '',
    });

    yield unit.config('containerd configuration', {
      src: 'containerd/config.toml.hbs',
      dest: '/etc/containerd/config.toml',
      mode: '0644',
      vars: {
        root: vars.containerdRoot,
        sandboxImage: vars.containerdSandboxImage ?? traits.images.pause,
        restrictOomScore: vars.containerdRestrictOomScore ?? vars.sharedKernel,
        systemdCgroup: cgroupDriverOf(vars) === 'systemd',
        cniBinDir: vars.cniBinDir,
        cniConfDir: vars.cniConfDir,
      },
      validate: 'containerd --config %s config dump',
    });
    // Read anew with each image: no restart.
    for (const [registry, mirrors] of Object.entries(vars.containerdRegistries)) {
      const folder = `/etc/containerd/certs.d/${registry}`;
      yield file(`folder: registry ${registry}`, { path: folder, state: 'directory' });
      yield template(`registry ${registry}`, {
        src: 'containerd/hosts.toml.hbs',
        dest: `${folder}/hosts.toml`,
        mode: '0644',
        vars: { mirrors: mirrors.map((mirror) => ({ ...mirror, ca: mirror.ca ?? null })) },
      });
    }
    yield template('crictl', {
      src: 'containerd/crictl.yaml.hbs',
      dest: '/etc/crictl.yaml',
      mode: '0644',
      vars: { role: 'containerd', socket },
    });
    yield unit.running;
    for (const src of vars.containerdImages) {
      yield containerImage(`image ${src.slice(src.lastIndexOf('/') + 1)}`, { src });
    }

    function refusal(said: string): string | undefined {
      const found = / v?(\d+\.\d+\.\d+)/.exec(said)?.[1];
      return found === undefined
        ? `containerd says '${said.trim()}'`
        : containerdRefusal(traits, found);
    }
  },
});
