import { expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { locale } from '../../../engine/modules/system/locale.ts';
import { locales } from '../../../engine/readers/system/locales.ts';
import { shells, testModule } from '../../../engine/testing.ts';
import { valueOf } from '../../readers/asking.ts';
import { holding } from '../edited.ts';
import { isChange, planned } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Want = z.input<typeof locale.definition.args>;

const list = holding('# aa_DJ ISO-8859-1\n# de_DE ISO-8859-1\n# de_DE.UTF-8 UTF-8  \n');
const listed = { listFile: list.file, listText: list.text, listParent: list.parent };
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
      touches: { paths: ['/usr/lib/locale/'], readers: ['locales'], reads: [] },
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

test('other lines of the list stay', () => {
  const plan = isChange(planned(locale, german, { locales: has, ...holding(''), ...listed }));
  const text = plan.after.find(({ read }) => read.id === 'text "/etc/locale.gen"')?.answer;
  const bytes = text?.answer === 'value' ? (text.value as { bytes: Buffer }).bytes.toString() : '';
  expect(bytes).toBe('# aa_DJ ISO-8859-1\n# de_DE ISO-8859-1\nde_DE.UTF-8 UTF-8\n');
});

test.each(shells.filter((shell) => shell !== 'busybox'))(
  'locales are read under %s',
  async (shell) => {
    expect(await valueOf(locales('all'), { shell })).toContain('C');
  },
);
