/** A bridge on each node, and on each a route to every other node's pods. No image is needed. */
import {
  copy,
  file,
  flushHandlers,
  handler,
  once,
  systemd,
  template,
  type HostView,
  type Run,
  type Step,
} from 'tsplay';
import { onMaster } from '../node/index.ts';
import { onOutside } from '../outside.ts';
import { conflist } from './conflist.ts';
import { allNetworks, networksOf, ownNetwork, type PodNetwork } from './networks.ts';
import type { CniContext, CniVariables } from './variables.ts';

const unit = 'pod-network';

/** Where things lie; on all nodes the same. */
const pathsOf = (vars: CniVariables) => ({
  program: `${vars.clusterConfigDir}/pod-network/pod-network`,
  routes: `${vars.clusterConfigDir}/pod-network/routes`,
  folder: `${vars.clusterConfigDir}/pod-network`,
  unit: `/etc/systemd/system/${unit}.service`,
});

export function* bridgeNetwork(context: CniContext): Iterable<Step> {
  const own = ownNetwork(context);
  yield own;
  yield* podRoutes(context);
  yield* conflist(own, context);
}

/** The way to the pods of all other nodes: also for a master, which asks webhooks and metrics. */
export function* podRoutes({ vars, host, outside, cluster }: CniContext): Iterable<Step> {
  const paths = pathsOf(vars);
  const reload = handler(systemd('reload pod routes', { unit, state: 'reloaded' }));
  const all = allNetworks(cluster, vars);
  const others = (node: string) => (run: Run) => routeLines(networksOf(run, all), node);

  yield once(onMaster(vars), all);
  yield file('folder of the pod network', { path: paths.folder, state: 'directory', mode: '0755' });
  yield template(
    'program of the pod network',
    {
      src: 'cni/pod-network.hbs',
      dest: paths.program,
      mode: '0755',
      vars: { vars, routes: paths.routes },
    },
    { notify: reload },
  );
  yield copy(
    'pod routes',
    { dest: paths.routes, content: others(cluster.nodeNameOf(host)), mode: '0644' },
    { notify: reload, tags: ['routes'] },
  );
  yield template(
    'unit of the pod network',
    { src: 'cni/pod-network.service.hbs', dest: paths.unit, mode: '0644', vars: paths },
    { notify: reload },
  );
  yield systemd('pod network is up', { unit, state: 'started', enabled: true });
  yield flushHandlers('reload pod routes');
  const haveRoutes = new Set([...cluster.nodes, ...cluster.masters]);
  for (const other of outside.filter((each) => haveRoutes.has(each))) {
    yield routesOn(other, cluster.nodeNameOf(other), vars, others(cluster.nodeNameOf(other)));
  }
}

/** A host that the limit leaves out has to know the way to the new node all the same. */
function routesOn(
  other: HostView,
  node: string,
  vars: CniVariables,
  content: (run: Run) => string,
): Step {
  const reload = handler(
    systemd(`reload pod routes on ${node}`, { unit, state: 'reloaded' }, { on: other.name }),
  );
  const routes = copy(
    `pod routes on ${node}`,
    { dest: pathsOf(vars).routes, content, mode: '0644' },
    { notify: reload },
  );
  return onOutside(other, 'pod routes', [routes], ['routes']);
}

const routeLines = (networks: readonly PodNetwork[], but: string): string =>
  networks
    .filter(({ node }) => node !== but)
    .map(({ cidr, address }) => `${cidr} ${address}\n`)
    .join('');
