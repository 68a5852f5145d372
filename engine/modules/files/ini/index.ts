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
import { notesOf } from '../../shared/keyed-lines/index.ts';
import {
  hasSection,
  iniValues,
  refuseRepeated,
  sameIniValue,
  withIniValues,
  withoutSection,
  type IniSetting,
  type IniValue,
} from './lines.ts';

const value = z.union([textValue, z.number(), z.boolean(), z.null()]);

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
    .describe(
      'its value; a list gives a line for each item; further lines of a text are indented; null: the option alone',
    ),
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
  const odd = valuesOf(want).some(
    (text) => text !== null && /^\s|\s$|\n[ \t]*(\n|$)|\r/.test(text),
  );
  if (odd) found.push('a value cannot begin or end with blanks, or have empty lines');
  return found;
}

const listOf = (of: Want['value']) => (of === undefined ? [] : Array.isArray(of) ? of : [of]);

const valuesOf = (want: Want): readonly IniValue[] =>
  listOf(want.value).map((each) =>
    typeof each === 'number' || typeof each === 'boolean'
      ? String(each)
      : each === null
        ? null
        : plain(each),
  );

function edit(want: Want, file: FileLines): Edit {
  const secret = listOf(want.value).some(isSecret);
  const { section, option } = want;
  if (option === undefined) {
    const name = inFile(section ?? '', file);
    if (!hasSection(file, name)) return { lines: undefined, secret };
    refuseRepeated(file, name, undefined, want.path);
    const difference = { what: `[${section}]`, from: 'section', to: 'absent' };
    return { lines: withoutSection(file, name), secret, difference };
  }
  const setting: IniSetting = {
    section: section === undefined ? undefined : inFile(section, file),
    option: inFile(option, file),
  };
  const now = iniValues(file, setting);
  const wanted =
    want.state === 'absent'
      ? []
      : valuesOf(want).map((text) => (text === null ? null : inFile(text, file)));
  const isRight =
    now.length === wanted.length && wanted.every((each, index) => sameIniValue(now[index], each));
  if (isRight) return { lines: undefined, secret };
  refuseRepeated(file, setting.section, setting.option, want.path);
  const lines: readonly Line[] = withIniValues(file, setting, wanted, want.separator);
  const difference = differenceOf(want, now, wanted, secret);
  return { lines, secret, difference, ...notesOf(secret ? [] : commentNotes(want, now, wanted)) };
}

/** For one program it is a comment, for another (systemd) a part of the value. */
function commentNotes(
  { option }: Want,
  now: readonly IniValue[],
  wanted: readonly IniValue[],
): readonly string[] {
  const comment = (of: IniValue | undefined) => /\s([#;].*)$/.exec(of ?? '')?.[1];
  return now.flatMap((each, index) => {
    const gone = comment(each);
    if (gone === undefined || gone === comment(wanted[index])) return [];
    return [`what stood behind the value of ${option} went with it: ${gone}`];
  });
}

function differenceOf(
  { section, option }: Want,
  now: readonly IniValue[],
  wanted: readonly IniValue[],
  secret: boolean,
) {
  const what = section === undefined ? (option ?? '') : `[${section}] ${option}`;
  const shown = (values: readonly IniValue[]): string => {
    if (values.length === 0) return 'absent';
    return secret ? 'a value' : values.map((each) => each ?? 'without a value').join(', ');
  };
  return { what, from: shown(now), to: secret ? 'a secret value' : shown(wanted) };
}
