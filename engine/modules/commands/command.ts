import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { sh } from '../../shell/script.ts';
import { plain, textValue } from '../shared/argument.ts';
import {
  asWritten,
  commandArguments,
  commandInvalidates,
  commandMistakes,
  commandReach,
  commandReturns,
  planCommand,
} from './shared/plan.ts';
import { guardReads } from './shared/guards.ts';

/** Runs a program with its arguments, no shell in between. */
export const command = defineModule({
  name: 'command',
  summary: 'Runs a program with its arguments, no shell in between.',
  kind: 'action',
  reach: commandReach,
  mayInvalidate: commandInvalidates,
  args: z.strictObject({
    argv: z.array(textValue).min(1).describe('the program and its arguments'),
    ...commandArguments,
  }),
  example: `command('make the database', { argv: ['initdb', '-D', '/srv/db'], creates: '/srv/db/PG_VERSION' })`,
  returns: commandReturns,
  mistakes: (want) => commandMistakes(want, want.argv),
  reads: (want) => guardReads(want),
  // `exec`, so that no builtin or function of the session stands in for the program.
  plan: (want, is) =>
    planCommand(want, is, {
      script: sh`( exec ${want.argv.map(plain)} )`,
      command: asWritten(want.argv),
    }),
});
