/** What verify makes in a namespace of its own. */
import { tools } from './found.ts';
import type { VerifyVariables } from './variables.ts';

export const namespace = 'play-verify';
export const webName = 'web';

/** Nothing in these pods is worth a wait, and a namespace with pods in it goes slowly. */
const atOnce = 0;

export const namespaceObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: namespace },
};

/** A pod on each node, masters too, behind a service with a port on every node. */
export function webObjects(vars: VerifyVariables) {
  const labels = { app: webName };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: webName, namespace },
      spec: {
        selector: { matchLabels: labels },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: atOnce,
            tolerations: [{ operator: 'Exists' }],
            containers: [
              {
                name: webName,
                image: vars.verifyDemoBefore,
                imagePullPolicy: 'IfNotPresent',
                ports: [{ containerPort: 80 }],
                readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 2 },
              },
              {
                name: tools,
                image: vars.verifyToolsImage,
                imagePullPolicy: 'IfNotPresent',
                command: ['/bin/sh', '-c', 'while :; do sleep 3600; done'],
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: webName, namespace },
      spec: { type: 'NodePort', selector: labels, ports: [{ port: 80 }] },
    },
  ];
}

/** The deployment of the seed, two of it, without a moment in which nobody answers. */
export const demoObject = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'demo', namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'demo' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: {
      metadata: { labels: { app: 'demo' } },
      spec: {
        terminationGracePeriodSeconds: atOnce,
        containers: [
          {
            name: 'nginx',
            image,
            imagePullPolicy: 'IfNotPresent',
            ports: [{ containerPort: 80 }],
            readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 2 },
          },
        ],
      },
    },
  },
});
