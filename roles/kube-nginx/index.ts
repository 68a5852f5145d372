/**
 * Role kube-nginx: a proxy on each node, on loopback, in front of all API servers. Masters that
 * come or go are a reload: connections that are open stay open.
 */
import {
  file,
  handler,
  pkg,
  role,
  service,
  systemd,
  template,
  type HostView,
  type Step,
} from 'tsplay';
import { clusterOf, type Cluster } from '../cluster/index.ts';
import { onOutside } from '../outside.ts';
import { inUrl } from '../variables.ts';
import { kubeNginxVariables, type KubeNginxVariables } from './variables.ts';

export { kubeNginxVariables } from './variables.ts';

const unit = 'kube-nginx';
const folder = '/etc/kube-nginx';
const configuration = `${folder}/kube-nginx.conf`;

export const kubeNginx = role({
  name: 'kube-nginx',
  vars: kubeNginxVariables,
  uses: { cluster: clusterOf },
  *tasks({ vars, host, outside, cluster }) {
    const proxy = service(unit, { change: 'reload' });

    yield pkg('nginx is installed', {
      name: vars.kubeNginxPackages ?? {
        debian: ['nginx', 'libnginx-mod-stream'],
        redhat: ['nginx', 'nginx-mod-stream'],
      },
    });
    // The package's own serves a page of welcome on port 80.
    yield systemd("the package's own nginx is off", {
      unit: 'nginx',
      state: 'stopped',
      enabled: false,
    });
    yield file('folder of kube-nginx', { path: folder, state: 'directory', mode: '0755' });
    yield proxy.config('kube-nginx configuration', settings(cluster, vars));
    yield proxy.unitFile('kube-nginx/kube-nginx.service.hbs', { configuration });
    yield proxy.running;
    if (!cluster.masters.includes(host)) return;
    for (const other of outside.filter((each) => cluster.nodes.includes(each))) {
      yield on(other, cluster, vars);
    }
  },
});

/** A node that the limit leaves out learns of a new master all the same. */
function on(other: HostView, cluster: Cluster, vars: KubeNginxVariables): Step {
  const reload = handler(
    systemd(`reload kube-nginx on ${other.name}`, { unit, state: 'reloaded' }, { on: other.name }),
  );
  const proxy = template(`kube-nginx configuration on ${other.name}`, settings(cluster, vars), {
    notify: reload,
  });
  return onOutside(other, 'kube-nginx', [proxy], ['config']);
}

const settings = (cluster: Cluster, vars: KubeNginxVariables) => ({
  src: 'kube-nginx/kube-nginx.conf.hbs',
  dest: configuration,
  mode: '0644',
  vars: {
    listen: `127.0.0.1:${cluster.endpoint.port}`,
    servers: cluster.masters.map(({ address }) => `${inUrl(address)}:${cluster.apiPort}`),
    connections: vars.kubeNginxConnections,
    maxFails: vars.kubeNginxMaxFails,
    failSeconds: vars.kubeNginxFailSeconds,
  },
  validate: 'nginx -t -q -c %s',
});
