import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { planHosts, planLab } from '../../lab/plan.ts';
import { labFolder, stateFolder } from '../../lab/state.ts';

const shape = z.object({
  all: z.object({
    vars: z.record(z.string(), z.unknown()),
    children: z.record(
      z.string(),
      z.object({
        hosts: z.record(z.string(), z.object({ host: z.string().optional() }).nullable()),
      }),
    ),
  }),
});

test('inventories/lab.yaml names the hosts that `play lab up` makes', async () => {
  const file = new URL('../../inventories/lab.yaml', import.meta.url);
  const { all } = shape.parse(parse(await readFile(file, 'utf8'), { logLevel: 'error' }));
  const lab = planLab({}, []);
  const hosts = planHosts(lab, 3);
  const folder = labFolder(stateFolder({}), lab.name);
  expect(all.vars).toMatchObject({
    user: 'root',
    privateKeyFile: `${folder}/key`,
    knownHostsFile: `${folder}/known_hosts`,
    sharedKernel: true,
  });
  expect(all.children['etcd']?.hosts).toEqual(
    Object.fromEntries(hosts.map((host) => [host.name, { host: host.address }])),
  );
  for (const group of ['etcd', 'haproxy', 'keepalived']) {
    expect(Object.keys(all.children[group]?.hosts ?? {})).toEqual(hosts.map((host) => host.name));
  }
});
