import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { rawScript, sh, type Script } from '../../shell/script.ts';
import { absolutePath, isScript, scriptValue } from '../shared/argument.ts';
import {
  commandArguments,
  commandInvalidates,
  commandMistakes,
  commandReach,
  commandReturns,
  planCommand,
} from './shared/plan.ts';
import { guardReads } from './shared/guards.ts';

/** One argument of a program may have 128 KiB; other shells get their script as one. */
const longestArgument = 120 * 1024;

/** Runs a shell script. */
export const shell = defineModule({
  name: 'shell',
  summary: 'Runs a shell script: pipes, redirections and variables of the host.',
  kind: 'action',
  reach: commandReach,
  mayInvalidate: commandInvalidates,
  args: z.strictObject({
    script: scriptValue.describe('text, or the tagged sh`…`, which quotes inserted values'),
    executable: absolutePath
      .optional()
      .describe('shell to use in place of /bin/sh; it gets the script with -c'),
    ...commandArguments,
  }),
  example: `shell('load the dump', { script: 'zcat /srv/dump.gz | psql shop', creates: '/srv/loaded' })`,
  returns: commandReturns,
  mistakes: (want) => [
    ...commandMistakes(want, []),
    ...(want.executable === undefined ? [] : mistakesForOther(toScript(want.script))),
  ],
  reads: (want) => guardReads(want),
  plan(want, is) {
    const script = toScript(want.script);
    const run =
      want.executable === undefined ? script : sh`( exec ${want.executable} -c ${script.text} )`;
    return planCommand(want, is, { script: run, command: script.text });
  },
});

function toScript(script: string | Script): Script {
  return isScript(script) ? script : rawScript(script);
}

function mistakesForOther(script: Script): string[] {
  if (script.streams.length > 0) return ['a script with large content runs in /bin/sh only'];
  if (Buffer.byteLength(script.text) <= longestArgument) return [];
  return ['the script is too long for another shell than /bin/sh; use the module script'];
}
