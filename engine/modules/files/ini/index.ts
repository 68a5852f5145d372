/** Module `ini`: an option of a section in an INI file. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { isSecret } from '../../../secrets/secret.ts';
import { ownedFile } from '../../shared/account-references.ts';
import { plain, textValue } from '../../shared/argument.ts';
import { editReads, planEdit, type Edit } from '../../shared/edit-file.ts';
import { editTextArgs } from '../../shared/edit-text.ts';
import { inFile, type FileLines, type Line } from '../../shared/file-lines.ts';
import { fileReturns } from '../../shared/file-result.ts';
import { hasSection, iniValues, withIniValues, withoutSection, type IniSetting } from './lines.ts';

const value = z.union([textValue, z.number(), z.boolean()]);

const args = z.strictObject({
  ...editTextArgs,
  section: z
    .string()
    .regex(/^[^[\]\r\n]+$/, 'is not the name of a section')
    .optional()
    .describe('name between the brackets; default above the first section'),
  option: z
    .string()
    .regex(/^[^\s=:#;[][^=:\r\n]*$/, 'is not the name of an option')
    .optional()
    .describe('name of the option; without it, state absent removes the whole section'),
  value: z
    .union([value, z.array(value).min(1)])
    .optional()
    .describe('its value; a list gives a line for each item; further lines of a text are indented'),
  separator: z
    .string()
    .regex(/^[ \t]*[=:][ \t]*$/, 'must be = or : with blanks')
    .optional()
    .describe("between option and value; default as the file has it, else ' = '"),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
});

type Want = z.output<typeof args>;

export const ini = defineModule({
  name: 'ini',
  summary: 'Sets an option of an INI file, or removes an option or a section.',
  args,
  example: `ini('journal on disk', {
  path: '/etc/systemd/journald.conf',
  section: 'Journal',
  option: 'Storage',
  value: 'persistent',
})`,
  returns: fileReturns,
  mistakes,
  ...ownedFile,
  reads: (want) => editReads(want),
  plan: (want, is, on) => planEdit(want, is, on, (file) => edit(want, file)),
});

function mistakes(want: Want): string[] {
  const found: string[] = [];
  if (want.state === 'present') {
    if (want.option === undefined) found.push('state present needs option');
    if (want.value === undefined) found.push('state present needs value');
  } else {
    if (want.option === undefined && want.section === undefined) {
      found.push('state absent needs option or section');
    }
    if (want.value !== undefined) found.push('state absent takes no value: it takes the option');
  }
  const odd = valuesOf(want).some((text) => /^\s|\s$|\n[ \t]*(\n|$)|\r/.test(text));
  if (odd) found.push('a value cannot begin or end with blanks, or have empty lines');
  return found;
}

const listOf = (of: Want['value']) => (of === undefined ? [] : Array.isArray(of) ? of : [of]);

const valuesOf = (want: Want): readonly string[] =>
  listOf(want.value).map((each) =>
    typeof each === 'number' || typeof each === 'boolean' ? String(each) : plain(each),
  );

function edit(want: Want, file: FileLines): Edit {
  const secret = listOf(want.value).some(isSecret);
  const { section, option } = want;
  if (option === undefined) {
    const name = inFile(section ?? '', file);
    if (!hasSection(file, name)) return { lines: undefined, secret };
    const difference = { what: `[${section}]`, from: 'section', to: 'absent' };
    return { lines: withoutSection(file, name), secret, difference };
  }
  const setting: IniSetting = {
    section: section === undefined ? undefined : inFile(section, file),
    option: inFile(option, file),
  };
  const now = iniValues(file, setting);
  const wanted = want.state === 'absent' ? [] : valuesOf(want).map((text) => inFile(text, file));
  if (JSON.stringify(now) === JSON.stringify(wanted)) return { lines: undefined, secret };
  const lines: readonly Line[] = withIniValues(file, setting, wanted, want.separator);
  return { lines, secret, difference: differenceOf(want, now, wanted, secret) };
}

function differenceOf(
  { section, option }: Want,
  now: readonly string[],
  wanted: readonly string[],
  secret: boolean,
) {
  const what = section === undefined ? (option ?? '') : `[${section}] ${option}`;
  const shown = (values: readonly string[]): string =>
    values.length === 0 ? 'absent' : secret ? 'a value' : values.join(', ');
  return { what, from: shown(now), to: secret ? 'a secret value' : shown(wanted) };
}
