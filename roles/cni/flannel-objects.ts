/** Objects of flannel, which asks the API server for the parts of nodes. */
import {
  account,
  clusterRole,
  clusterRoleBinding,
  rule,
  serviceAccount,
  watching,
} from '../cluster/objects.ts';
import type { CniVariables } from './variables.ts';

const name = 'kube-flannel';
const namespace = 'kube-system';
const labels = { app: 'flannel', tier: 'node' };

export function flannelObjects(vars: CniVariables) {
  return [
    clusterRole(name, [
      rule(['pods'], ['get']),
      rule(['nodes'], watching),
      rule(['nodes/status'], ['patch']),
    ]),
    clusterRoleBinding(name, name, account(name, namespace)),
    serviceAccount(name, namespace),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-cfg`, namespace, labels },
      data: { 'net-conf.json': netConf(vars) },
    },
    daemonSet(vars),
  ];
}

function netConf(vars: CniVariables): string {
  const vxlan = { Type: 'vxlan', VNI: vars.flannelVni, Port: vars.flannelPort };
  const backend = vars.flannelBackend === 'vxlan' ? vxlan : { Type: 'host-gw' };
  return `${JSON.stringify({ Network: vars.clusterPodCidr, Backend: backend }, null, 2)}\n`;
}

function daemonSet(vars: CniVariables) {
  const { flannelInterface: through } = vars;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: `${name}-ds`, namespace, labels },
    spec: {
      selector: { matchLabels: { app: 'flannel' } },
      template: {
        metadata: {
          labels,
          // Another configuration is another generation: flannel reads it at its start.
          annotations: { 'play/net-conf': netConf(vars) },
        },
        spec: {
          serviceAccountName: name,
          hostNetwork: true,
          priorityClassName: 'system-node-critical',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }],
          containers: [
            {
              name,
              image: vars.flannelImage,
              command: ['/opt/bin/flanneld'],
              args: [
                ...(vars.cniMasquerade ? ['--ip-masq'] : []),
                '--kube-subnet-mgr',
                ...(through === undefined ? [] : [`--iface=${through}`]),
              ],
              resources: { requests: { cpu: '100m', memory: '50Mi' }, limits: { memory: '50Mi' } },
              securityContext: {
                privileged: false,
                capabilities: { add: ['NET_ADMIN', 'NET_RAW'] },
              },
              env: ['name', 'namespace'].map((field) => ({
                name: `POD_${field.toUpperCase()}`,
                valueFrom: { fieldRef: { fieldPath: `metadata.${field}` } },
              })),
              volumeMounts: [
                { name: 'run', mountPath: '/run/flannel' },
                { name: 'configuration', mountPath: '/etc/kube-flannel' },
              ],
            },
          ],
          volumes: [
            { name: 'run', hostPath: { path: '/run/flannel', type: 'DirectoryOrCreate' } },
            { name: 'configuration', configMap: { name: `${name}-cfg` } },
          ],
        },
      },
    },
  };
}
