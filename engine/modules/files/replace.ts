/** Module `replace`: every match of a regular expression in a file becomes another text. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import { isSecret } from '../../secrets/secret.ts';
import { ownedFile } from '../shared/account-references.ts';
import { plain, textValue } from '../shared/argument.ts';
import { editReads, expressionArg, planEdit, type EditFile } from '../shared/edit-file.ts';
import { editText, editTextArgs, type TextEdit } from '../shared/edit-text.ts';
import { inFile, pattern, patternMistakes, type FileLines } from '../shared/file-lines.ts';
import { fileReturns } from '../shared/file-result.ts';

const { create: _create, ...fileArgs } = editTextArgs;

const args = z.strictObject({
  ...fileArgs,
  regexp: expressionArg.describe(
    'what to replace, everywhere; in a text ^ and $ match the ends of a line',
  ),
  replace: textValue
    .default('')
    .describe('the replacement: $1 and $<name> are groups, $$ is a dollar sign'),
  after: expressionArg.optional().describe('only after the first match of this'),
  before: expressionArg
    .optional()
    .describe('only before the first match of this (following after)'),
});

type Want = z.output<typeof args>;

export const replace = defineModule({
  name: 'replace',
  summary: 'Replaces every match of a regular expression in a file.',
  args,
  example: `replace('old name server', {
  path: '/etc/resolv.conf',
  regexp: '^nameserver 10\\\\.0\\\\.0\\\\.1$',
  replace: 'nameserver 10.0.0.2',
})`,
  returns: fileReturns,
  mistakes: (want) =>
    (['regexp', 'after', 'before'] as const).flatMap((name) => {
      const of = want[name];
      return of === undefined ? [] : patternMistakes(name, of);
    }),
  ...ownedFile,
  reads: (want) => editReads(fileOf(want)),
  plan: (want, is, on) =>
    planEdit(
      fileOf(want),
      is,
      on,
      editText((text, file) => edit(want, text, file)),
    ),
});

const fileOf = (want: Want): EditFile => ({ ...want, state: 'present', create: false });

function edit(want: Want, text: string, file: FileLines): TextEdit {
  const secret = isSecret(want.replace);
  const { text: once, count } = replaced(want, text, file);
  if (once === text) return { text: undefined, secret };
  if (replaced(want, once, file).text !== once) {
    throw new StepError(`the replacement matches ${String(want.regexp)} again`, {
      hint: 'each run would change the file: let regexp match only what must be replaced',
    });
  }
  const places = `${count} place${count === 1 ? '' : 's'}`;
  return { text: once, secret, difference: { what: 'content', from: places, to: 'replaced' } };
}

/** The text with all matches between `after` and `before` replaced. */
function replaced(want: Want, text: string, file: FileLines): { text: string; count: number } {
  const from = want.after === undefined ? 0 : endOf(everywhere(want.after), text);
  if (from === undefined) return { text, count: 0 };
  const rest = text.slice(from);
  const length = want.before === undefined ? rest.length : rest.search(everywhere(want.before));
  if (length < 0) return { text, count: 0 };
  // A line feed of the playbook is what ends a line in this file.
  const by = inFile(plain(want.replace), file).replaceAll(/\r?\n/g, file.end);
  const wanted = everywhere(want.regexp);
  const part = rest.slice(0, length);
  const count = [...part.matchAll(wanted)].length;
  const after = text.slice(0, from) + part.replace(wanted, by) + rest.slice(length);
  return { text: after, count };
}

function endOf(wanted: RegExp, text: string): number | undefined {
  const found = wanted.exec(text);
  return found === null ? undefined : found.index + found[0].length;
}

/** Of a text, `^` and `$` are the ends of a line; a regular expression keeps its own flags. */
function everywhere(of: string | RegExp): RegExp {
  const wanted = pattern(of);
  const flags = typeof of === 'string' ? `${wanted.flags}m` : wanted.flags;
  return new RegExp(wanted.source, `${flags}g`);
}
