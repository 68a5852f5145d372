/** Objects of CoreDNS, as Kubernetes' own release has them. */
import type { Cluster } from '../cluster/index.ts';
import {
  account,
  clusterRole,
  clusterRoleBinding,
  rule,
  serviceAccount,
} from '../cluster/objects.ts';
import type { CorednsVariables } from './variables.ts';

const name = 'coredns';
const namespace = 'kube-system';
const labels = { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS' };
const selector = { 'k8s-app': 'kube-dns' };

export function corednsObjects(cluster: Cluster, vars: CorednsVariables) {
  const system = `system:${name}`;
  const seen = ['list', 'watch'];
  return [
    serviceAccount(name, namespace),
    clusterRole(system, [
      rule(['endpoints', 'services', 'pods', 'namespaces'], seen),
      rule(['nodes'], ['get']),
      ...(cluster.traits.endpointSlices
        ? [rule(['endpointslices'], seen, 'discovery.k8s.io')]
        : []),
    ]),
    clusterRoleBinding(system, system, account(name, namespace)),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace },
      data: { Corefile: corefile(cluster, vars) },
    },
    deployment(cluster, vars),
    service(cluster),
  ];
}

/** Changes are read by themselves (reload). */
const corefile = (cluster: Cluster, vars: CorednsVariables): string => `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes ${cluster.domain} in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    prometheus :9153
    forward . ${vars.corednsForward.join(' ')} {
        max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

function deployment(cluster: Cluster, vars: CorednsVariables) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: vars.corednsReplicas,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      selector: { matchLabels: selector },
      template: { metadata: { labels: selector }, spec: podSpec(cluster, vars) },
    },
  };
}

function podSpec(cluster: Cluster, vars: CorednsVariables) {
  return {
    priorityClassName: 'system-cluster-critical',
    serviceAccountName: name,
    tolerations: [
      { key: 'CriticalAddonsOnly', operator: 'Exists' },
      ...cluster.traits.masterTaints.map((key) => ({ key, effect: 'NoSchedule' })),
    ],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: {
              labelSelector: { matchLabels: selector },
              topologyKey: 'kubernetes.io/hostname',
            },
          },
        ],
      },
    },
    dnsPolicy: 'Default',
    containers: [container(vars.corednsImage ?? cluster.traits.images.coredns)],
    volumes: [
      {
        name: 'configuration',
        configMap: { name, items: [{ key: 'Corefile', path: 'Corefile' }] },
      },
    ],
  };
}

function container(image: string) {
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    args: ['-conf', '/etc/coredns/Corefile'],
    resources: { requests: { cpu: '100m', memory: '70Mi' }, limits: { memory: '170Mi' } },
    volumeMounts: [{ name: 'configuration', mountPath: '/etc/coredns', readOnly: true }],
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
    ],
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    livenessProbe: {
      httpGet: { path: '/health', port: 8080, scheme: 'HTTP' },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      failureThreshold: 5,
    },
    readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' } },
  };
}

function service(cluster: Cluster) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace,
      annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
      labels: { ...labels, 'kubernetes.io/cluster-service': 'true' },
    },
    spec: {
      selector,
      clusterIP: cluster.dnsAddress,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        { name: 'metrics', port: 9153, protocol: 'TCP' },
      ],
    },
  };
}
