import { expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { locale } from '../../../engine/modules/system/locale.ts';
import { locales } from '../../../engine/readers/system/locales.ts';
import { shells, testModule } from '../../../engine/testing.ts';
import { valueOf } from '../../readers/asking.ts';
import { holding } from '../edited.ts';
import { isChange, planned, wanted } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Want = z.input<typeof locale.definition.args>;

/** What is read of Debian's list of locales. */
const listing = (text: string) => {
  const { file, text: read, parent } = holding(text);
  return { listFile: file, listText: read, listParent: parent };
};
const commented = '# aa_DJ ISO-8859-1\n# de_DE ISO-8859-1\n# de_DE.UTF-8 UTF-8  \n';
const listed = listing(commented);
const has = ['C', 'C.utf8', 'POSIX'];
const german: Want = {
  generate: ['de_DE.UTF-8'],
  lang: 'de_DE.UTF-8',
  variables: { LC_TIME: 'C.UTF-8' },
};

testModule(
  locale,
  [
    {
      name: 'what is generated and the default is the same',
      want: german,
      is: {
        locales: [...has, 'de_DE.utf8'],
        ...holding('LANG=de_DE.UTF-8\nLC_TIME="C.UTF-8"\n'),
        ...listed,
      },
      plan: 'same',
      result: { lang: 'de_DE.UTF-8' },
    },
    {
      name: 'a locale is taken out of its comment and generated before it is the default',
      want: german,
      is: { locales: has, ...holding(''), ...listed },
      differences: [
        { what: '/etc/locale.gen', to: 'de_DE.UTF-8' },
        { what: 'locale de_DE.UTF-8', from: 'absent' },
        { what: '/etc/default/locale', to: 'LANG=de_DE.UTF-8 LC_TIME=C.UTF-8' },
      ],
      script: [
        /de_DE\.UTF-8 UTF-8[^]*\nlocale-gen\n[^]*LANG=de_DE\.UTF-8/,
        'install the package locales',
      ],
    },
    {
      name: 'elsewhere it is made by localedef',
      want: { generate: ['de_DE.UTF-8'] },
      is: { locales: has, ...holding('') },
      facts: { os: { id: 'rocky', family: 'redhat', version: '9', codename: '' } },
      script: ['localedef -i de_DE -f UTF-8 -- de_DE.UTF-8'],
      invalidates: { paths: ['/usr/lib/locale/'], readers: ['locales'], reads: [] },
    },
    {
      name: 'elsewhere a variant keeps its sign, behind what it is made of',
      want: { generate: ['de_DE.ISO-8859-15@euro'] },
      is: { locales: has, ...holding('') },
      facts: { os: { id: 'rocky', family: 'redhat', version: '9', codename: '' } },
      script: ['localedef -i de_DE@euro -f ISO-8859-15 -- de_DE.ISO-8859-15@euro'],
    },
    {
      name: 'what the list names already is only generated',
      want: { generate: ['de_DE.UTF-8'] },
      is: { ...listing('  de_DE.UTF-8   UTF-8 \n'), locales: has, ...holding('') },
      differences: [{ what: 'locale de_DE.UTF-8', from: 'absent', to: 'there' }],
    },
    {
      name: 'what the host has needs no list',
      want: { generate: ['de_DE.UTF-8'] },
      is: { locales: [...has, 'de_DE.utf8'], ...holding('LANG=C\n') },
      plan: 'same',
      result: { locales: [...has, 'de_DE.utf8'], lang: 'C' },
    },
    {
      name: 'a file of defaults that is not there is made',
      want: { lang: 'C' },
      is: { locales: has, ...holding(undefined) },
      differences: [{ what: '/etc/default/locale', from: 'LANG=', to: 'LANG=C' }],
    },
    {
      name: 'what is generated may be the default at once, and is what the host has then',
      want: { generate: ['fr_FR.UTF-8'], lang: 'fr_FR.UTF-8' },
      is: { ...listed, locales: has, ...holding('') },
      plan: 'change',
      result: { locales: [...has, 'fr_FR.utf8'], lang: 'fr_FR.UTF-8' },
    },
    {
      name: 'where nothing is said of LANG it is what it was',
      want: { variables: { LC_TIME: 'C.UTF-8' } },
      is: { locales: has, ...holding('LANG=POSIX\n') },
      differences: [{ what: '/etc/default/locale', from: 'LC_TIME=', to: 'LC_TIME=C.UTF-8' }],
      result: { lang: 'POSIX' },
    },
    {
      name: 'without a default there is none',
      want: { variables: { LANGUAGE: 'de:en' } },
      is: { locales: undefined, ...holding('LANGUAGE=de:en\n') },
      plan: 'same',
      result: { locales: [], lang: '' },
    },
    {
      name: 'another variable is set right beside one that is right',
      want: { lang: 'C', variables: { LC_TIME: '' } },
      is: { locales: has, ...holding('LANG=C\nLC_TIME=POSIX\n') },
      differences: [{ from: 'LANG=C LC_TIME=POSIX', to: 'LANG=C LC_TIME=' }],
    },
    {
      name: 'C and POSIX need not be there, what LANGUAGE prefers neither',
      want: { lang: 'POSIX', variables: { LC_ALL: 'C', LANGUAGE: 'de_DE:en' } },
      is: { locales: [], ...holding('') },
      plan: 'change',
    },
    {
      name: 'another variable of a locale that the host does not have is refused',
      want: { lang: 'C', variables: { LC_TIME: 'fr_FR.UTF-8' } },
      is: { locales: has, ...holding('') },
      fails: /LC_TIME: the host has no locale fr_FR\.UTF-8/,
    },
    {
      name: 'a default that the host does not have is refused',
      want: { lang: 'fr_FR.UTF-8' },
      is: { locales: has, ...holding('') },
      fails: /LANG: the host has no locale fr_FR\.UTF-8/,
    },
    { name: 'something must be asked', want: {}, fails: /give generate, lang or variables/ },
    {
      name: 'a locale has an encoding',
      want: { generate: ['de_DE'] },
      fails: /must have its encoding/,
    },
  ],
  test,
);

test.each<[string, string, readonly string[], string]>([
  [
    'other lines of the list stay',
    commented,
    ['de_DE.UTF-8'],
    '# aa_DJ ISO-8859-1\n# de_DE ISO-8859-1\nde_DE.UTF-8 UTF-8\n',
  ],
  [
    'what the list does not know comes last',
    'C.UTF-8 UTF-8\n',
    ['de_DE.UTF-8', 'sr_RS.UTF-8@latin'],
    'C.UTF-8 UTF-8\nde_DE.UTF-8 UTF-8\nsr_RS.UTF-8@latin UTF-8\n',
  ],
])('%s', (_, before, generate, after) => {
  const is = { locales: has, ...holding(''), ...listing(before) };
  const plan = isChange(planned(locale, { generate: [...generate] }, is));
  const text = plan.after.find(({ read }) => read.id === 'text "/etc/locale.gen"')?.answer;
  const bytes = text?.answer === 'value' ? (text.value as { bytes: Buffer }).bytes.toString() : '';
  expect(bytes).toBe(after);
});

test.each(shells.filter((shell) => shell !== 'busybox'))(
  'locales are read under %s',
  async (shell) => {
    expect(await valueOf(locales('all'), { shell })).toContain('C');
  },
);

test('it asks for what the host has, for the list and for the defaults', () => {
  const { definition } = locale;
  const reads = definition.reads?.(wanted(locale, german), { get: () => undefined });
  expect(reads?.locales).toEqual(locales('all'));
  expect(reads?.text.key).toBe('/etc/default/locale');
  expect(reads?.listText.key).toBe('/etc/locale.gen');
});
