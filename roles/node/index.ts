/**
 * Role node: kubelet and kube-proxy. kubelet joins with a token that is valid for an hour, gets a
 * certificate of its own and renews it; the one that it shows to API servers is approved by the
 * role csr-approver.
 */
import { ask, assert, flushHandlers, once, role, waitFor } from 'tsplay';
import { binaries } from '../binaries/index.ts';
import { containerd } from '../containerd/index.ts';
import { docker } from '../docker/index.ts';
import { nodeCertificates, partsOf } from '../pki/index.ts';
import { awaited, bootstrapToken, joined, nodeFolders, onMaster } from './join.ts';
import { kubeletConfig, kubeletConfigPath, servingCertificate } from './kubelet-config.ts';
import { marks } from './marks.ts';
import { proxyConfig, proxyConfigPath } from './proxy-config.ts';
import { kernelStandIns } from './shared-kernel.ts';
import { nodeUnits } from './units.ts';
import { nodeVariables } from './variables.ts';

export { awaited, onMaster } from './join.ts';
export { kubeletKubeconfig, servingCertificate } from './kubelet-config.ts';
export { nodeVariables, type NodeVariables } from './variables.ts';

export const node = role({
  name: 'node',
  vars: nodeVariables,
  uses: { parts: (context) => partsOf(context) },
  needs: [binaries, [containerd, docker]],
  *tasks({ vars, host, parts }) {
    const { cluster } = parts;
    const { kubelet, proxy } = nodeUnits(host, cluster, vars);
    const hasJoined = joined(vars);

    yield* nodeCertificates(parts, { kubelet: kubelet.change, kubeProxy: proxy.change });
    yield* nodeFolders(vars);
    yield hasJoined;
    yield* bootstrapToken(parts, hasJoined);

    const resolved = ask('resolver of the host', {
      argv: ['systemctl', 'is-active', '--quiet', 'systemd-resolved'],
      scope: 'host',
      independent: true,
    });
    yield resolved;
    yield kubelet.config('kubelet configuration', {
      src: 'node/config.yaml.hbs',
      dest: kubeletConfigPath(vars),
      mode: '0644',
      vars: (run) => ({ config: kubeletConfig(cluster, vars, run.result(resolved)) }),
    });
    yield kubelet.unit;
    if (vars.clusterProxyMode === 'ipvs') {
      const ipvs = ask('ipvs in the kernel', {
        argv: ['test', '-e', '/proc/net/ip_vs'],
        scope: 'host',
      });
      yield ipvs;
      yield assert('the kernel can do ipvs', {
        that: (run) => run.result(ipvs),
        message:
          'the kernel of this host has no ip_vs, and kube-proxy would silently fall back to iptables: set clusterProxyMode: iptables',
      });
    }
    yield proxy.config('kube-proxy configuration', {
      src: 'node/config.yaml.hbs',
      dest: proxyConfigPath(vars),
      mode: '0644',
      vars: { config: proxyConfig(host, cluster, vars) },
    });
    yield proxy.unit;
    yield* kernelStandIns(vars);
    yield kubelet.runs;
    yield proxy.runs;
    yield flushHandlers('restart kubelet and kube-proxy');

    yield awaited('the node has joined', 'exists', host, cluster, vars);
    yield waitFor('masters have approved its certificate for serving', {
      path: servingCertificate(vars),
      journal: 'kubelet',
      timeout: vars.nodeStartSeconds,
    });
    yield once(onMaster(vars), ...marks(cluster, vars));
  },
});
