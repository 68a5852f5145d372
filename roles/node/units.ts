/** kubelet and kube-proxy as units, and what shows that each works. */
import { waitFor, type HostView } from 'tsplay';
import { component, type Component, type Described } from '../cluster/component.ts';
import type { Cluster } from '../cluster/index.ts';
import { kubeletFlags, kubeletHealth } from './kubelet-config.ts';
import { proxyConfigPath, proxyHealth } from './proxy-config.ts';
import type { NodeVariables } from './variables.ts';

/** Nodes that restart the same program at once, once it has worked on one. */
const atOnce = 5;

export function nodeUnits(host: HostView, cluster: Cluster, vars: NodeVariables) {
  const make = (
    name: string,
    url: string,
    of: Pick<Described, 'title' | 'after' | 'flags' | 'workingDirectory'>,
  ): Component =>
    component(cluster, vars, {
      ...of,
      name,
      role: 'node',
      // It may take its time to find out that it cannot work.
      start: { settle: { stable: 5 } },
      proof: waitFor(`${name} works again`, {
        http: { url },
        journal: name,
        timeout: vars.nodeStartSeconds,
      }),
      atOnce,
    });
  return {
    kubelet: make('kubelet', kubeletHealth, {
      title: 'kubelet',
      after: [`${vars.clusterRuntime}.service`],
      flags: kubeletFlags(host, cluster, vars),
      workingDirectory: vars.kubeletRoot,
    }),
    proxy: make('kube-proxy', proxyHealth(host), {
      title: 'proxy',
      after: [],
      flags: [`--config=${proxyConfigPath(vars)}`, `--v=${vars.kubeletLogLevel}`],
    }),
  };
}
