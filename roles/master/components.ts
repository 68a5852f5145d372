/** The three units of a master, and how each restarts. */
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
import { ownApiServer, pkiPaths } from '../pki/index.ts';
import { apiserverFlags } from './apiserver-flags.ts';
import {
  controllerManagerFlags,
  controllerManagerPort,
  flagLines,
  loopback,
  schedulerFlags,
  schedulerPort,
  type Flags,
} from './flags.ts';
import type { MasterVariables } from './variables.ts';

export interface Component {
  /** Writes the unit. */
  readonly unit: Step;
  readonly runs: Step;
  /** Restarts it on one master after the other. */
  readonly roll: Handler;
}

export interface Components {
  readonly apiserver: Component;
  readonly controllerManager: Component;
  readonly scheduler: Component;
  /** What the API server of this master answers when it is ready. */
  readonly ready: string;
}

interface Described {
  readonly name: string;
  readonly title: string;
  readonly type: 'notify' | 'simple';
  readonly after: readonly string[];
  readonly flags: Flags;
  /** What it answers with 200 when it works. */
  readonly health: string;
}

export function componentsOf(host: HostView, cluster: Cluster, vars: MasterVariables): Components {
  const paths = pkiPaths(vars);
  const ready = `${ownApiServer(host, cluster)}/readyz`;
  const local = (port: number): string => `https://${loopback}:${port}/healthz`;
  const make = (described: Described): Component => component(described, cluster, vars);
  return {
    ready,
    apiserver: make({
      name: 'kube-apiserver',
      title: 'API server',
      type: 'notify',
      after: ['etcd.service'],
      flags: apiserverFlags(host, cluster, paths, vars),
      health: ready,
    }),
    controllerManager: make({
      name: 'kube-controller-manager',
      title: 'controller manager',
      type: 'simple',
      after: ['kube-apiserver.service'],
      flags: controllerManagerFlags(cluster, paths, vars),
      health: local(controllerManagerPort),
    }),
    scheduler: make({
      name: 'kube-scheduler',
      title: 'scheduler',
      type: 'simple',
      after: ['kube-apiserver.service'],
      flags: schedulerFlags(cluster, paths, vars),
      health: local(schedulerPort),
    }),
  };
}

function component(of: Described, cluster: Cluster, vars: MasterVariables): Component {
  const paths = pkiPaths(vars);
  const roll = handler(
    block(
      `roll ${of.name}`,
      {
        tasks: [
          systemd(`restart ${of.name}`, { unit: of.name, state: 'restarted' }),
          waitFor(`${of.name} is ready again`, {
            http: {
              url: of.health,
              ca: paths.authority.certificate,
              cert: paths.apiserverKubeletClient.certificate,
              key: paths.apiserverKubeletClient.key,
            },
            journal: of.name,
            timeout: vars.masterStartSeconds,
          }),
        ],
      },
      { rolling: true },
    ),
  );
  return {
    roll,
    unit: template(
      `unit of ${of.name}`,
      {
        src: 'master/component.service.hbs',
        dest: `/etc/systemd/system/${of.name}.service`,
        mode: '0644',
        vars: {
          title: of.title,
          version: cluster.traits.version.text,
          type: of.type,
          after: of.after,
          program: `${vars.clusterBinDir}/${of.name}`,
          flags: flagLines(of.flags),
          startSeconds: vars.masterStartSeconds,
        },
      },
      { notify: roll, tags: ['config'] },
    ),
    runs: systemd(`${of.name} runs`, {
      unit: of.name,
      state: 'started',
      enabled: true,
      settle: { atMost: vars.masterStartSeconds, stable: 2 },
    }),
  };
}
