import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';

/** Waits. */
export const pause = defineModule({
  name: 'pause',
  summary: 'Waits some seconds, not in check. To wait for a condition, use waitFor.',
  kind: 'control',
  waits: true,
  args: z.strictObject({ seconds: z.number().min(0).max(86_400).describe('how long') }),
  example: `pause('let the switch settle', { seconds: 5 })`,
  plan: (want) => ({ ...same({}), wait: want.seconds }),
});
