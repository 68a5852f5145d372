/** The three units of a master, and what shows that each works. */
import { waitFor, type Step } from 'tsplay';
import { component, type Component, type Described } from '../cluster/component.ts';
import { ownApiServer, type Parts } from '../pki/index.ts';
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

export interface Components {
  readonly apiserver: Component;
  readonly controllerManager: Component;
  readonly scheduler: Component;
  /** Waits until the API server of this master is ready. */
  readonly ready: Step;
}

export function componentsOf(parts: Parts<MasterVariables>): Components {
  const { host, cluster, paths, vars } = parts;
  const { masterStartSeconds } = vars;
  const readyz = `${ownApiServer(host, cluster)}/readyz`;
  const local = (port: number): string => `https://${loopback}:${port}/healthz`;
  const answers = (name: string, unit: string, url: string): Step => {
    const { certificate: cert, key } = paths.apiserverKubeletClient;
    const http = { url, ca: paths.authority.certificate, cert, key };
    return waitFor(name, { http, journal: unit, timeout: masterStartSeconds });
  };
  const make = (
    name: string,
    health: string,
    flags: Flags,
    of: Pick<Described, 'title' | 'type' | 'after'>,
  ): Component =>
    component(cluster, vars, {
      ...of,
      name,
      role: 'master',
      flags: flagLines(flags),
      startSeconds: masterStartSeconds,
      start: { settle: { atMost: masterStartSeconds, stable: 2 } },
      proof: answers(`${name} is ready again`, name, health),
    });
  const behindApi = { type: 'simple', after: ['kube-apiserver.service'] } as const;
  return {
    apiserver: make('kube-apiserver', readyz, apiserverFlags(parts), {
      title: 'API server',
      type: 'notify',
      after: ['etcd.service'],
    }),
    controllerManager: make(
      'kube-controller-manager',
      local(controllerManagerPort),
      controllerManagerFlags(parts),
      { title: 'controller manager', ...behindApi },
    ),
    scheduler: make('kube-scheduler', local(schedulerPort), schedulerFlags(parts), {
      title: 'scheduler',
      ...behindApi,
    }),
    ready: answers('the API server is ready', 'kube-apiserver', readyz),
  };
}
