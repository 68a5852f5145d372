import { expect, test } from 'vitest';
import site from '../../playbooks/site.ts';
import { cni } from '../../roles/cni/index.ts';
import { collected, refused } from './collected.ts';

const smallest = (vars = '') => `
all: { vars: { ${vars} } }
etcd: { hosts: { m1: { host: 10.0.0.11 } } }
kube_master: { hosts: { m1: } }
kube_node: { hosts: { n1: { host: 10.0.0.21 } } }
`;

test('a master that is no node gets the routes to pods, and nothing that runs pods', async () => {
  const { names } = (await collected(site, smallest())).host('m1');
  expect(names).toEqual(expect.arrayContaining(['pod routes', 'pod network is up']));
  expect(names).not.toContain('kubelet runs');
  expect(names).not.toContain('pod network configuration');
});

test('flannel runs on nodes alone: a master that is none is refused, with what to do', async () => {
  const said = await refused(cni, smallest('cniKind: flannel'));
  expect(said).toContain('m1 is a master and no node');
  expect(said).toContain('put it into the group of nodes too');
});
