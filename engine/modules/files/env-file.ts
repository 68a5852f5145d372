/** Module `envFile`: variables in a file of `NAME=value` lines. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { isSecret } from '../../secrets/secret.ts';
import { ownedFile } from '../shared/account-references.ts';
import { plain, textValue } from '../shared/argument.ts';
import { editReads, planEdit, type Edit } from '../shared/edit-file.ts';
import { editTextArgs } from '../shared/edit-text.ts';
import { anyEnvLine, envValue, withEnv } from '../shared/keyed-lines/env-lines.ts';
import { inFile, type FileLines } from '../shared/file-lines.ts';
import { fileReturns } from '../shared/file-result.ts';
import { ifChanged, notesOf, whichCounts, withoutKeys } from '../shared/keyed-lines/index.ts';

const name = z.string().regex(/^[A-Za-z_]\w*$/, 'is not the name of a variable');

const args = z.strictObject({
  ...editTextArgs,
  create: z.boolean().default(true).describe('create the file if it is missing'),
  set: z
    .record(name, z.union([textValue, z.number(), z.boolean()]))
    .default({})
    .describe('names and values; secrets are written and not shown'),
  unset: z.array(name).default([]).describe('names to remove'),
  quotes: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe('quote values; never: for programs that read quotes as part of the value'),
  export: z.boolean().default(false).describe('begin new lines with export'),
});

type Want = z.output<typeof args>;

export const envFile = defineModule({
  name: 'envFile',
  summary: 'Sets and removes variables in a file of NAME=value lines; other lines stay.',
  args,
  example: `envFile('options of the service', {
  path: '/etc/default/node-exporter',
  set: { ARGS: '--web.listen-address=:9100', GOMAXPROCS: 1 },
})`,
  returns: fileReturns,
  mistakes,
  ...ownedFile,
  reads: (want) => editReads(fileOf(want)),
  plan: (want, is, on) => planEdit(fileOf(want), is, on, (file) => edit(want, file)),
});

/** A file that has nothing to hold is not made. */
function fileOf(want: Want) {
  const present = Object.keys(want.set).length > 0;
  return { ...want, state: present ? ('present' as const) : ('absent' as const) };
}

const textOf = (of: Want['set'][string] | undefined): string =>
  typeof of === 'number' || typeof of === 'boolean' ? String(of) : plain(of ?? '');

function mistakes(want: Want): string[] {
  const found: string[] = [];
  const names = Object.keys(want.set);
  if (names.length + want.unset.length === 0) found.push('give set or unset');
  const both = want.unset.filter((each) => names.includes(each));
  if (both.length > 0) found.push(`${both.join(', ')} cannot be both set and unset`);
  for (const [each, value] of Object.entries(want.set)) {
    const text = textOf(value);
    if (/[\r\n\0]/.test(text)) found.push(`the value of ${each} must be one line`);
    else if (want.quotes === 'never' && /^\s|\s$|^["']/.test(text)) {
      found.push(`the value of ${each} needs quotes`);
    }
  }
  return found;
}

function edit(want: Want, file: FileLines): Edit {
  const style = { quotes: want.quotes, export: want.export };
  let lines = withoutKeys(anyEnvLine, file, ...want.unset);
  for (const [each, value] of Object.entries(want.set)) {
    lines = withEnv({ ...file, lines }, each, inFile(textOf(value), file), style);
  }
  const after = { ...file, lines };
  const names = [...Object.keys(want.set), ...want.unset];
  const changed = names.filter((each) => envValue(file, each) !== envValue(after, each));
  const secret = Object.values(want.set).some(isSecret);
  const shown = (of: FileLines): string =>
    changed
      .map((each) => envValue(of, each))
      .map((value) => (value === undefined ? 'absent' : secret ? 'a value' : value))
      .join(', ');
  const what = changed.join(', ') || names.join(', ');
  return {
    lines: ifChanged(file, lines),
    secret,
    difference: { what, from: shown(file), to: shown(after) },
    ...notesOf(Object.keys(want.set).flatMap((each) => whichCounts(anyEnvLine, file, each))),
  };
}
