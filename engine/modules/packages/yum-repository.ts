/** Module `yumRepository`: a package source of yum and dnf. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { absolutePath } from '../shared/argument.ts';
import { editReads, planEdit, type Edit, type EditFile } from '../shared/edit-file.ts';
import { inFile, type FileLines, type Line } from '../shared/file-lines.ts';
import { fileReturns } from '../shared/file-result.ts';
import {
  hasSection,
  iniOptions,
  iniValues,
  refuseRepeated,
  withIniValues,
  withoutSection,
} from '../files/ini/lines.ts';

const oneLine = z.string().regex(/^\S(.*\S)?$/, 'must be one line without blanks at its ends');
const urls = z.union([oneLine, z.array(oneLine).min(1)]);

const args = z.strictObject({
  name: z
    .string()
    .regex(/^[\w:.-]+$/, 'takes letters, digits and : . _ -')
    .describe('its id, between the brackets'),
  description: oneLine.optional().describe('descriptive name; default: the id'),
  baseurl: urls.optional().describe('base URL of its packages'),
  mirrorlist: oneLine.optional().describe('or a list of mirrors'),
  metalink: oneLine.optional().describe('or a metalink'),
  enabled: z.boolean().default(true).describe('false: keep it, but do not use it'),
  gpgcheck: z.boolean().default(true).describe('only signed packages'),
  gpgkey: urls.optional().describe('URLs of its keys; rpmKey imports them'),
  priority: z.int().min(1).max(99).optional().describe('1 comes first'),
  options: z
    .record(
      z.string().regex(/^[a-z][\w.-]*$/, 'is no option'),
      z.union([oneLine, z.number(), z.boolean()]),
    )
    .default({})
    .describe("further options: { module_hotfixes: true, exclude: 'kernel*' }"),
  file: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional()
    .describe('yum.repos.d/FILE.repo; default the id'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
  folder: absolutePath.default('/etc/yum.repos.d').describe('folder of the files'),
});

type Want = z.output<typeof args>;

export const yumRepository = defineModule({
  name: 'yumRepository',
  summary: 'Manages a package source of yum and dnf; other sources of the file stay.',
  args,
  example: `yumRepository('docker', {
  name: 'docker-ce',
  baseurl: 'https://download.docker.com/linux/centos/$releasever/$basearch/stable',
  gpgkey: 'https://download.docker.com/linux/centos/gpg',
})`,
  returns: fileReturns,
  mistakes(want) {
    if (want.state === 'absent') return [];
    const places = [want.baseurl, want.mirrorlist, want.metalink];
    const none = places.every((each) => each === undefined);
    return none ? ['give baseurl, mirrorlist or metalink'] : [];
  },
  reads: (want) => editReads(fileOf(want)),
  plan: (want, is, on) => planEdit(fileOf(want), is, on, (file) => edit(want, file)),
});

const fileOf = (want: Want): EditFile => ({
  path: `${want.folder}/${want.file ?? want.name}.repo`,
  state: want.state,
  create: want.state === 'present',
  backup: false,
  unsafeWrites: false,
  ...(want.state === 'present' && { mode: '0644' }),
});

/** Options in the order in which people read them; booleans as yum writes them. */
function optionsOf(want: Want): ReadonlyMap<string, string> {
  const all = {
    name: want.description ?? want.name,
    baseurl: want.baseurl,
    mirrorlist: want.mirrorlist,
    metalink: want.metalink,
    enabled: want.enabled,
    gpgcheck: want.gpgcheck,
    gpgkey: want.gpgkey,
    priority: want.priority,
    ...want.options,
  };
  const texts = Object.entries(all).flatMap(([option, value]): (readonly [string, string])[] => {
    if (value === undefined) return [];
    if (typeof value === 'boolean') return [[option, value ? '1' : '0']];
    return [[option, Array.isArray(value) ? value.join('\n') : String(value)]];
  });
  return new Map(texts);
}

function edit(want: Want, file: FileLines): Edit {
  const section = want.name;
  const what = `[${section}]`;
  if (want.state === 'absent') {
    if (!hasSection(file, section)) return { lines: undefined, secret: false };
    refuseRepeated(file, section, undefined, fileOf(want).path);
    const difference = { what, from: 'section', to: 'absent' };
    return { lines: withoutSection(file, section), secret: false, difference };
  }
  const wanted = optionsOf(want);
  const isThere = hasSection(file, section);
  refuseRepeated(file, section, undefined, fileOf(want).path);
  const surplus = iniOptions(file, section).filter((option) => !wanted.has(option));
  const wrong = [...wanted].filter(
    ([option, value]) => iniValues(file, { section, option }).join('\n\n') !== inFile(value, file),
  );
  if (surplus.length + wrong.length === 0) return { lines: undefined, secret: false };
  let lines: readonly Line[] = file.lines;
  for (const option of surplus) {
    lines = withIniValues({ ...file, lines }, { section, option }, [], '=');
  }
  for (const [option, value] of wrong) {
    lines = withIniValues({ ...file, lines }, { section, option }, [inFile(value, file)], '=');
  }
  const names = [...wrong.map(([option]) => option), ...surplus];
  const shown = (of: FileLines): string =>
    names.map((option) => iniValues(of, { section, option }).join(' ') || 'absent').join(', ');
  const difference = isThere
    ? { what: `${what} ${names.join(', ')}`, from: shown(file), to: shown({ ...file, lines }) }
    : { what, from: 'absent', to: 'section' };
  return { lines, secret: false, difference };
}
