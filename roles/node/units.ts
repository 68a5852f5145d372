/** kubelet and kube-proxy as units, and how each restarts. */
import {
  block,
  handler,
  systemd,
  template,
  waitFor,
  type Handler,
  type HostView,
  type Step,
} from 'tsplay';
import type { Cluster } from '../cluster/index.ts';
import { kubeletConfigPath, kubeletFlags, kubeletHealth } from './kubelet-config.ts';
import { proxyConfigPath, proxyHealth } from './proxy-config.ts';
import type { NodeVariables } from './variables.ts';

/** Nodes that restart the same program at once, once it has worked on one. */
const atOnce = 5;

export interface NodeUnit {
  readonly unit: Step;
  readonly runs: Step;
  readonly restart: Handler;
}

interface Described {
  readonly name: 'kubelet' | 'kube-proxy';
  readonly title: string;
  readonly after: readonly string[];
  readonly flags: readonly string[];
  readonly health: string;
  readonly workingDirectory: string | null;
}

export function kubeletUnit(host: HostView, cluster: Cluster, vars: NodeVariables): NodeUnit {
  const runtime = vars.clusterRuntime === 'docker' ? 'docker.service' : 'containerd.service';
  return nodeUnit(cluster, vars, {
    name: 'kubelet',
    title: 'kubelet',
    after: [runtime],
    flags: kubeletFlags(host, cluster, vars),
    health: kubeletHealth,
    workingDirectory: vars.kubeletRoot,
  });
}

export function proxyUnit(host: HostView, cluster: Cluster, vars: NodeVariables): NodeUnit {
  return nodeUnit(cluster, vars, {
    name: 'kube-proxy',
    title: 'proxy',
    after: [],
    flags: [`--config=${proxyConfigPath(vars)}`, `--v=${vars.kubeletLogLevel}`],
    health: proxyHealth(host),
    workingDirectory: null,
  });
}

export { kubeletConfigPath, proxyConfigPath };

function nodeUnit(cluster: Cluster, vars: NodeVariables, of: Described): NodeUnit {
  const restart = handler(
    block(
      `roll ${of.name}`,
      {
        tasks: [
          systemd(`restart ${of.name}`, { unit: of.name, state: 'restarted' }),
          waitFor(`${of.name} works again`, {
            http: { url: of.health },
            journal: of.name,
            timeout: vars.nodeStartSeconds,
          }),
        ],
      },
      { rolling: { atOnce } },
    ),
  );
  return {
    restart,
    unit: template(
      `unit of ${of.name}`,
      {
        src: 'node/component.service.hbs',
        dest: `/etc/systemd/system/${of.name}.service`,
        mode: '0644',
        vars: {
          title: of.title,
          version: cluster.traits.version.text,
          after: of.after,
          program: `${vars.clusterBinDir}/${of.name}`,
          flags: of.flags,
          workingDirectory: of.workingDirectory,
        },
      },
      { notify: restart, tags: ['config'] },
    ),
    runs: systemd(`${of.name} runs`, {
      unit: of.name,
      state: 'started',
      enabled: true,
      // It may take its time to find out that it cannot work.
      settle: { stable: 5 },
    }),
  };
}
