/** Module `addHost`: a host that later plays of the run know. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';

const args = z.strictObject({
  name: z
    .string()
    .min(1)
    .describe('inventory name of a new host, or of one that joins more groups'),
  groups: z
    .array(z.string().min(1))
    .default([])
    .describe('groups that it joins; missing ones are created'),
  vars: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('variables of a new host, connection variables included: host, port, user, …'),
});

type Want = z.output<typeof args>;

export const addHost = defineModule({
  name: 'addHost',
  summary: 'Adds a host to the inventory of this run, for its later plays; writes no file.',
  kind: 'control',
  args,
  example: `addHost('the new machine', {
  name: 'worker-9',
  groups: ['workers'],
  vars: { host: '192.0.2.19', user: 'root' },
})`,
  returns: { name: 'inventory name of the host', groups: 'the groups that were named' },
  adds: ({ name, groups, vars }: Want) => ({ host: name, groups, vars }),
  plan: ({ name, groups }) => same({ name, groups }),
});
