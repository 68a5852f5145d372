import { expect, test } from 'vitest';
import { master } from '../../roles/master/index.ts';
import { mistakesOf } from './collecting.ts';

const alone = (vars = '') => `
all: { vars: { ${vars} } }
kube_master: { hosts: { m1: { host: 10.0.0.11 } } }
`;

test('masters without etcd are refused, with what to do', async () => {
  const said = await mistakesOf(master, alone());
  expect(said).toContain("no host is in the group 'etcd'");
  expect(said).toContain('put one or three hosts into it');
});

test('an etcd of the user is theirs to name', async () => {
  const flags = "masterApiserverFlags: { etcd-servers: 'https://10.0.0.9:2379' }";
  expect(await mistakesOf(master, alone(flags))).toBe('');
});
