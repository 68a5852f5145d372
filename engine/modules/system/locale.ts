/** Module `locale`: languages of the host: which there are, and which is the default. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import { byScript } from '../../module/alteration.ts';
import type { PlanContext } from '../../module/module.ts';
import { change, predict, same, type Plan } from '../../module/plan.ts';
import { value, type Read } from '../../module/reader.ts';
import type { FileValue } from '../../readers/files/file.ts';
import { localeName, locales } from '../../readers/system/locales.ts';
import type { TextValue } from '../../readers/files/text.ts';
import { joinScripts, rawScript, sh } from '../../shell/script.ts';
import { absolutePath } from '../shared/argument.ts';
import { combineChanges, type ChangePart } from '../shared/combine-changes.ts';
import { editReads, planEdit, type EditFile, type EditNow } from '../shared/edit-file.ts';
import { envValue, withEnv } from '../shared/keyed-lines/env-lines.ts';
import { linesOf, type FileLines, type Line } from '../shared/file-lines.ts';
import { ifChanged, linesWith, withEntry, type LineFormat } from '../shared/keyed-lines/index.ts';

const name = z
  .string()
  .regex(/^(C|POSIX|[a-z]{2,3}(_[A-Z]{2})?)(\.[\w-]+)?(@\w+)?$/, "is no locale, as 'de_DE.UTF-8'");
const withCodeset = name.regex(/\./, "must have its encoding, as 'de_DE.UTF-8'");

const args = z.strictObject({
  generate: z.array(withCodeset).default([]).describe('locales to generate'),
  lang: name.optional().describe('LANG of new sessions and services'),
  variables: z
    .record(z.string().regex(/^(LC_[A-Z]+|LANGUAGE)$/, 'is no LC_ variable'), z.string())
    .default({})
    .describe('LC_TIME and the like'),
  file: absolutePath
    .default('/etc/default/locale')
    .describe('file of the defaults; /etc/locale.conf on hosts that are not of the Debian family'),
});

type Want = z.output<typeof args>;

export interface LocaleResult {
  /** What the host has. */
  readonly locales: readonly string[];
  /** The default; empty where none is set. */
  readonly lang: string;
}

type LocaleReads = {
  readonly locales: Read<readonly string[]>;
  readonly file: Read<FileValue>;
  readonly text: Read<TextValue>;
  readonly parent: Read<FileValue>;
  readonly listFile: Read<FileValue>;
  readonly listText: Read<TextValue>;
  readonly listParent: Read<FileValue>;
};

/** The values of `LocaleReads`. */
interface LocaleNow extends EditNow {
  readonly locales: readonly string[] | undefined;
  readonly listFile: FileValue | undefined;
  readonly listText: TextValue | undefined;
  readonly listParent: FileValue | undefined;
}

/** What Debian's locale-gen reads. */
const list = '/etc/locale.gen';

export const locale = defineModule({
  name: 'locale',
  summary: 'Generates locales and sets the default language.',
  args,
  example: `locale('German', { generate: ['de_DE.UTF-8'], lang: 'de_DE.UTF-8' })`,
  returns: { locales: 'what the host has', lang: 'the default; empty where none is set' },
  mistakes(want) {
    const sets = want.lang !== undefined || Object.keys(want.variables).length > 0;
    return sets || want.generate.length > 0 ? [] : ['give generate, lang or variables'];
  },
  reads(want: Want): LocaleReads {
    const own = editReads(fileOf(want.file));
    const listed = editReads(fileOf(list));
    return {
      locales: locales('all'),
      ...own,
      listFile: listed.file,
      listText: listed.text,
      listParent: listed.parent,
    };
  },
  plan,
});

const fileOf = (path: string): EditFile => ({
  path,
  state: 'present',
  create: true,
  backup: false,
  unsafeWrites: false,
});

function plan(want: Want, is: LocaleNow, on: PlanContext): Plan<LocaleResult> {
  const has = is.locales ?? [];
  const missing = want.generate.filter((each) => !has.includes(localeName(each)));
  const after = [...has, ...missing.map(localeName)];
  refuseUnknown(want, after);
  const parts = [...generatePart(missing, after, is, on), ...defaultsPart(want, is, on)];
  const lines = linesOf(is.text?.kind === 'text' ? is.text.bytes : Buffer.alloc(0));
  const result = { locales: after, lang: want.lang ?? envValue(lines, 'LANG') ?? '' };
  return parts.length === 0 ? same(result) : change({ ...combineChanges(parts), result });
}

/** A default that the host does not have makes every program complain. */
function refuseUnknown(want: Want, has: readonly string[]): void {
  const wanted = Object.entries({ LANG: want.lang, ...want.variables });
  for (const [variable, given] of wanted) {
    if (given === undefined || variable === 'LANGUAGE' || ['C', 'POSIX', ''].includes(given))
      continue;
    if (has.includes(localeName(given))) continue;
    throw new StepError(`${variable}: the host has no locale ${given}`, {
      hint: `add it to generate; it has ${has.slice(0, 8).join(', ')}`,
    });
  }
}

/** Debian keeps a list and makes all that stand in it; elsewhere each is made by itself. */
function generatePart(
  missing: readonly string[],
  after: readonly string[],
  is: LocaleNow,
  on: PlanContext,
): readonly ChangePart[] {
  if (missing.length === 0) return [];
  const differences = missing.map((each) => ({
    what: `locale ${each}`,
    from: 'absent',
    to: 'there',
  }));
  const predicted = [predict(locales('all'), value(after))];
  const invalidates = { paths: ['/usr/lib/locale/'], readers: ['locales'] };
  if (on.facts.os.family !== 'debian') {
    const made = missing.map((each) => {
      const [language = '', codeset = ''] = each.replace(/@.*/, '').split('.');
      const input = language + (/@.*/.exec(each)?.[0] ?? '');
      return sh`localedef -i ${input} -f ${codeset} -- ${each} || exit`;
    });
    const check = rawScript(`command -v localedef >/dev/null 2>&1 || {
printf 'the host has no localedef to make locales with; install its package, as glibc-langpack-de or glibc-locale-source\\n' >&2
exit 1
}`);
    const alters = [byScript('files', joinScripts([check, ...made]))];
    return [{ differences, alters, after: predicted, invalidates }];
  }
  const listed = { file: is.listFile, text: is.listText, parent: is.listParent };
  const edited = planEdit(fileOf(list), listed, on, (file) => {
    const lines = missing.reduce<readonly Line[]>(
      (kept, each) => withLocale({ ...file, lines: kept }, each),
      file.lines,
    );
    const difference = { what: list, from: 'without', to: missing.join(', ') };
    return { lines: ifChanged(file, lines), secret: false, difference };
  });
  const check = rawScript(`command -v locale-gen >/dev/null 2>&1 || {
printf 'the host has no locale-gen: install the package locales\\n' >&2
exit 1
}`);
  const alters = [byScript('files', check)];
  const none: ChangePart = { differences: [], alters, after: [], invalidates: {} };
  return [
    none,
    ...(edited.plan === 'change' ? [edited] : []),
    {
      differences,
      alters: [byScript('files', rawScript('locale-gen'))],
      after: predicted,
      invalidates,
    },
  ];
}

interface ListedLocale {
  /** Name and character set, as `de_DE.UTF-8 UTF-8`. */
  readonly name: string;
  /** Not commented out. */
  readonly active: boolean;
}

const localeLines: LineFormat<ListedLocale> = {
  read: (text) => {
    const [, sign = '', name = ''] = /^([#\s]*)(.*?)\s*$/.exec(text) ?? [];
    const active = !sign.includes('#');
    return name === '' ? undefined : { name: name.replaceAll(/\s+/g, ' '), active };
  },
  keyOf: ({ name }) => name,
  write: ({ name }) => name,
  isSame: (is) => is.active,
};

/** The line of a locale, taken out of its comment where it has one. */
function withLocale(file: FileLines, locale: string): readonly Line[] {
  const codeset = /\.([^@]*)/.exec(locale)?.[1] ?? 'UTF-8';
  const name = `${locale} ${codeset}`;
  const isThere = linesWith(localeLines, file, name).some(({ entry }) => entry.active);
  return isThere ? file.lines : withEntry(localeLines, file, { name, active: true });
}

function defaultsPart(want: Want, is: LocaleNow, on: PlanContext): readonly ChangePart[] {
  const wanted = Object.entries({
    ...(want.lang !== undefined && { LANG: want.lang }),
    ...want.variables,
  });
  if (wanted.length === 0) return [];
  const edited = planEdit(fileOf(want.file), is, on, (file) => {
    const style = { quotes: 'auto', export: false } as const;
    const lines = wanted.reduce<readonly Line[]>(
      (kept, [variable, given]) => withEnv({ ...file, lines: kept }, variable, given, style),
      file.lines,
    );
    const shown = (of: FileLines): string =>
      wanted.map(([variable]) => `${variable}=${envValue(of, variable) ?? ''}`).join(' ');
    const difference = { what: want.file, from: shown(file), to: shown({ ...file, lines }) };
    return { lines: ifChanged(file, lines), secret: false, difference };
  });
  return edited.plan === 'change' ? [edited] : [];
}
