import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';

/** Fails the host with a message. */
export const fail = defineModule({
  name: 'fail',
  summary: 'Fails the host with a message.',
  kind: 'control',
  args: z.strictObject({ message: z.string().min(1).describe('the reason') }),
  example: `fail('only Debian', { message: 'this role knows Debian only' }, { when: (run) => run.facts.os.family !== 'debian' })`,
  plan: (want) => ({ ...same({}), failed: want.message }),
});
