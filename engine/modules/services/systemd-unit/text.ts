/** Texts of unit files. */
import { z } from 'zod';

const line = z.string().regex(/^[^\r\n\0]*$/, 'must be one line');
const setting = z.union([line, z.number(), z.boolean()]);

/** Sections of a unit file: names to options, options to a value or one line for each. */
export const unitSections = z.record(
  z.string().regex(/^[\w-]+$/, 'is not the name of a section'),
  z.record(
    z.string().regex(/^[A-Za-z][\w-]*$/, 'is not the name of an option'),
    z.union([setting, z.array(setting)]),
  ),
);

export type UnitSections = z.output<typeof unitSections>;

/** The file's text; an empty value takes back what was said before, as systemd has it. */
export function unitText(sections: UnitSections): string {
  const parts = Object.entries(sections).map(([name, options]) => {
    const lines = Object.entries(options).flatMap(([option, value]) =>
      (Array.isArray(value) ? value : [value]).map((each) => `${option}=${String(each)}\n`),
    );
    return `[${name}]\n${lines.join('')}`;
  });
  return parts.join('\n');
}

/** A word of a command line of systemd: no specifier, variable or escape is read in it. */
export function unitWord(word: string): string {
  const plain = word.replaceAll('%', '%%').replaceAll('$', () => '$$');
  if (/^[\w@%+=:,./$-]+$/.test(plain)) return plain;
  const escaped = plain
    .replaceAll(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/** Name of a unit with its suffix; templates (`NAME@.service`) too. */
export const unitFileName = z
  .string()
  .regex(
    /^[A-Za-z0-9:_.\\-]+(@[A-Za-z0-9:_.\\-]*)?\.(service|socket|target|timer|path|mount|automount|slice|swap)$/,
    'is not the name of a unit with its suffix, as NAME.service',
  );

/** A template has no state of its own. */
export const isTemplateUnit = (unit: string): boolean => /@\.[a-z]+$/.test(unit);
