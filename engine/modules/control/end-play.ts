/** Module `endPlay`: the rest of the play is for nobody. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';

/** Ends the play for all hosts, without a failure. */
export const endPlay = defineModule({
  name: 'endPlay',
  summary:
    'Ends the play for all hosts, without a failure: notified handlers still run, and later plays begin.',
  kind: 'control',
  ends: 'play',
  args: z.strictObject({}),
  example: `endPlay('nothing is to be done tonight', {}, { when: (run) => run.check })`,
  plan: () => same({}),
});
