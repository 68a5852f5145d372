import { inspect } from 'node:util';
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';

/** Shows a message or a value. */
export const debug = defineModule({
  name: 'debug',
  summary: 'Shows a message or a value; secrets show as ***.',
  kind: 'control',
  args: z.strictObject({
    message: z.string().optional().describe('a text'),
    value: z.unknown().optional().describe('anything, shown as JavaScript writes it'),
  }),
  example: `debug('kernel', { message: (run) => \`runs \${run.facts.kernel}\` })`,
  returns: { text: 'what was shown' },
  mistakes: (want) =>
    want.message === undefined && !('value' in want) ? ['give a message or a value'] : [],
  plan(want) {
    const parts: string[] = [];
    if (want.message !== undefined) parts.push(want.message);
    if ('value' in want)
      parts.push(inspect(want.value, { depth: 8, breakLength: 78, sorted: true }));
    const text = parts.join('\n');
    return same({ text }, [text]);
  },
});
