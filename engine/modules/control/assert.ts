import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';

/** Fails unless everything holds. */
export const assert = defineModule({
  name: 'assert',
  onlyAsks: true,
  summary: 'Fails the host unless every condition is true.',
  kind: 'control',
  args: z.strictObject({
    that: z.union([z.boolean(), z.array(z.boolean()).min(1)]).describe('what must be true'),
    message: z.string().optional().describe('message if it is not'),
  }),
  example: `assert('enough memory', { that: (run) => run.facts.memory >= 2 ** 31, message: 'needs 2 GiB' })`,
  plan(want) {
    const all = Array.isArray(want.that) ? want.that : [want.that];
    const wrong = all.flatMap((holds, index) => (holds ? [] : [index + 1]));
    if (wrong.length === 0) return same({});
    const which =
      all.length === 1
        ? 'it does not hold'
        : `number ${wrong.join(', ')} of ${all.length} does not hold`;
    return { ...same({}), failed: want.message ?? which };
  },
});
