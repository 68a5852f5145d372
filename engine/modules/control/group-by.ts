/** Module `groupBy`: puts the host into a group that later plays of the run know. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';

const args = z.strictObject({
  key: z
    .string()
    .min(1)
    .describe('name of the group, usually a function of the run; created if missing'),
  parents: z
    .array(z.string().min(1))
    .default([])
    .describe('parents of this group; missing ones are created'),
});

type Want = z.output<typeof args>;

export const groupBy = defineModule({
  name: 'groupBy',
  summary: 'Puts the host into a group for later plays of the run; writes no file.',
  kind: 'control',
  args,
  example: `groupBy('by release', { key: (run) => \`os_\${run.facts.os.id}\`, parents: ['by_release'] })`,
  returns: { group: 'name of the group' },
  adds: ({ key, parents }: Want) => ({ groups: [key], parents }),
  plan: ({ key }) => same({ group: key }),
});
