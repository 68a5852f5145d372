import { expect, test } from 'vitest';
import { kubeNginx } from '../../roles/kube-nginx/index.ts';
import { collected } from './collected.ts';

const inventory = (own = '') => `
all:
  vars: { kubernetesVersion: 1.20.2, ${own} }
kube_master:
  hosts:
    m1: { host: 10.0.0.11 }
    m2: { host: 10.0.0.12 }
kube_node:
  hosts:
    n1: { host: 10.0.0.21 }
`;

const configuration = async (own?: string) =>
  (await collected(kubeNginx, inventory(own))).host('n1').written('kube-nginx configuration');

test('stands in front of every API server, by its defaults alone', async () => {
  const text = await configuration();
  expect(text).toContain(`
        least_conn;
        server 10.0.0.11:6443 max_fails=2 fail_timeout=3s;
        server 10.0.0.12:6443 max_fails=2 fail_timeout=3s;
`);
  expect(text).toContain('listen 127.0.0.1:8443;');
});

test('how long a master that failed is left out is a variable', async () => {
  const text = await configuration('kubeNginxMaxFails: 5, kubeNginxFailSeconds: 10');
  expect(text).toContain('server 10.0.0.12:6443 max_fails=5 fail_timeout=10s;');
});
