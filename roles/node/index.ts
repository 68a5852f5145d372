/**
 * Role node: kubelet and kube-proxy. kubelet joins with a token that is valid for an hour, gets a
 * certificate of its own and renews it; the one that it shows to API servers is approved by the
 * role csr-approver.
 */
import { assert, flushHandlers, k8sLabel, k8sTaint, query, role, template, waitFor } from 'tsplay';
import { clusterOf } from '../cluster/index.ts';
import { clusterAccess } from '../master/index.ts';
import { nodeCertificates } from '../pki/index.ts';
import { awaited, bootstrapToken, joining, nodeFolders, onMaster } from './join.ts';
import { kubeletConfig, kubeletConfigPath, servingCertificate } from './kubelet-config.ts';
import { labelsOf, taintsOf } from './marks.ts';
import { proxyConfig, proxyConfigPath } from './proxy-config.ts';
import { kernelStandIns } from './shared-kernel.ts';
import { kubeletUnit, proxyUnit } from './units.ts';
import { nodeVariables } from './variables.ts';

export { awaited, onMaster } from './join.ts';
export { kubeletKubeconfig, servingCertificate } from './kubelet-config.ts';
export { nodeVariables, type NodeVariables } from './variables.ts';

export const node = role({
  name: 'node',
  vars: nodeVariables,
  *tasks({ vars, host, inventory }) {
    const cluster = clusterOf({ inventory, vars });
    const kubelet = kubeletUnit(host, cluster, vars);
    const proxy = proxyUnit(host, cluster, vars);
    const join = joining(vars);

    yield* nodeCertificates(
      { vars, host, inventory },
      { kubelet: kubelet.restart, kubeProxy: proxy.restart },
    );
    yield* nodeFolders(vars);
    yield join.asked;
    yield* bootstrapToken(cluster, vars, join);

    const resolver = query('resolver of the host', {
      argv: ['systemctl', 'is-active', '--quiet', 'systemd-resolved'],
      codes: 'any',
      scope: 'host',
      independent: true,
    });
    yield resolver;
    yield template(
      'kubelet configuration',
      {
        src: 'node/config.yaml.hbs',
        dest: kubeletConfigPath(vars),
        mode: '0644',
        vars: (run) => ({
          config: kubeletConfig(cluster, vars, { resolved: run.result(resolver).code === 0 }),
        }),
      },
      { notify: kubelet.restart, tags: ['config'] },
    );
    yield kubelet.unit;
    if (vars.clusterProxyMode === 'ipvs') {
      const ipvs = query('ipvs in the kernel', {
        argv: ['test', '-e', '/proc/net/ip_vs'],
        codes: 'any',
        scope: 'host',
      });
      yield ipvs;
      yield assert('the kernel can do ipvs', {
        that: (run) => run.result(ipvs).code === 0,
        message:
          'the kernel of this host has no ip_vs, and kube-proxy would fall back to iptables without a word: set clusterProxyMode: iptables',
      });
    }
    yield template(
      'kube-proxy configuration',
      {
        src: 'node/config.yaml.hbs',
        dest: proxyConfigPath(vars),
        mode: '0644',
        vars: { config: proxyConfig(host, cluster, vars) },
      },
      { notify: proxy.restart, tags: ['config'] },
    );
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
    const once = { runOnce: true, on: onMaster(vars), tags: ['objects'] } as const;
    for (const { name, nodes, labels } of labelsOf(cluster)) {
      yield k8sLabel(
        `labels of ${name}`,
        { ...clusterAccess(cluster, vars), objects: nodes.map((each) => `node/${each}`), labels },
        once,
      );
    }
    for (const { name, nodes, taints, absent } of taintsOf(cluster, vars)) {
      yield k8sTaint(
        `taints of ${name}`,
        { ...clusterAccess(cluster, vars), nodes: [...nodes], taints, absent },
        once,
      );
    }
  },
});
