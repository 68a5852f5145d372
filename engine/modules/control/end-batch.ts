/** Module `endBatch`: the rest of the play is for nobody of this batch. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';

/** Ends the play for its batch, without a failure. */
export const endBatch = defineModule({
  name: 'endBatch',
  summary:
    'Ends the play for the hosts of this batch, without a failure: notified handlers still run, and the next batch begins.',
  kind: 'control',
  ends: 'batch',
  args: z.strictObject({}),
  example: `endBatch('the first batch shows enough', {}, { when: (run) => run.check })`,
  plan: () => same({}),
});
