/** Module `endHost`: the rest of the play is not for this host. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';

/** Ends the play for its host, without a failure. */
export const endHost = defineModule({
  name: 'endHost',
  summary:
    'Ends the play for its host, without a failure: notified handlers still run, and later plays include the host.',
  kind: 'control',
  ends: 'host',
  args: z.strictObject({}),
  example: `endHost('only Debian from here on', {}, { when: (run) => run.facts.os.family !== 'debian' })`,
  plan: () => same({}),
});
