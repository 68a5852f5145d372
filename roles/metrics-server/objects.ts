/** Objects of metrics-server. It verifies the certificates of kubelets: here they are real. */
import type { Cluster } from '../cluster/index.ts';
import {
  account,
  clusterRole,
  clusterRoleBinding,
  roleBinding,
  rule,
  serviceAccount,
  watching,
} from '../cluster/objects.ts';
import type { MetricsServerVariables } from './variables.ts';

const name = 'metrics-server';
const namespace = 'kube-system';
const labels = { 'k8s-app': name };
const self = account(name, namespace);

const imageOf = ({ traits }: Cluster): string =>
  traits.version.minor <= 24
    ? 'k8s.gcr.io/metrics-server/metrics-server:v0.4.1'
    : 'registry.k8s.io/metrics-server/metrics-server:v0.7.2';

export function metricsObjects(cluster: Cluster, vars: MetricsServerVariables) {
  return [
    serviceAccount(name, namespace, labels),
    ...rights(),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: { selector: labels, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
    },
    deployment(vars.metricsServerImage ?? imageOf(cluster), vars),
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io', labels },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { name, namespace },
        // Its certificate is its own, made at each start; it believes the front proxy alone.
        insecureSkipTLSVerify: true,
      },
    },
  ];
}

function rights() {
  const reader = 'extension-apiserver-authentication-reader';
  const system = `system:${name}`;
  const delegator = 'system:auth-delegator';
  const aggregated = Object.fromEntries(
    ['admin', 'edit', 'view'].map((to) => [`rbac.authorization.k8s.io/aggregate-to-${to}`, 'true']),
  );
  return [
    clusterRole(
      'system:aggregated-metrics-reader',
      [rule(['pods', 'nodes'], watching, 'metrics.k8s.io')],
      { ...labels, ...aggregated },
    ),
    clusterRole(
      system,
      [
        rule(
          ['pods', 'nodes', 'nodes/stats', 'nodes/metrics', 'namespaces', 'configmaps'],
          watching,
        ),
      ],
      labels,
    ),
    roleBinding(`${name}-auth-reader`, namespace, reader, self, labels),
    clusterRoleBinding(`${name}:${delegator}`, delegator, self, labels),
    clusterRoleBinding(system, system, self, labels),
  ];
}

function deployment(image: string, vars: MetricsServerVariables) {
  const port = 4443;
  const probe = (path: string) => ({
    httpGet: { path, port: 'https', scheme: 'HTTPS' },
    periodSeconds: 10,
    failureThreshold: 3,
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: vars.metricsServerReplicas,
      selector: { matchLabels: labels },
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          priorityClassName: 'system-cluster-critical',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          containers: [
            {
              name,
              image,
              imagePullPolicy: 'IfNotPresent',
              args: [
                '--cert-dir=/tmp',
                `--secure-port=${port}`,
                '--kubelet-preferred-address-types=InternalIP',
                '--kubelet-use-node-status-port',
                `--metric-resolution=${vars.metricsServerResolution}s`,
              ],
              ports: [{ name: 'https', containerPort: port, protocol: 'TCP' }],
              resources: { requests: { cpu: '100m', memory: '200Mi' } },
              livenessProbe: probe('/livez'),
              readinessProbe: probe('/readyz'),
              securityContext: {
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                runAsUser: 1000,
              },
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        },
      },
    },
  };
}
