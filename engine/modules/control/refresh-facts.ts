/** Module `refreshFacts`: what is known of the host is asked anew. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';

/** Reads the host's facts anew. */
export const refreshFacts = defineModule({
  name: 'refreshFacts',
  summary: 'Reads the facts of the host again, after a step that changes them.',
  kind: 'control',
  refreshesFacts: true,
  args: z.strictObject({}),
  example: `refreshFacts('under its new name', {})`,
  plan: () => same({}),
});
