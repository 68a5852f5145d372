import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  compareRpmVersions,
  matchesRpmVersion,
} from '../../../engine/modules/packages/yum/version.ts';
import { yum } from '../../../engine/modules/packages/yum/index.ts';
import type { Package } from '../../../engine/readers/packages/package.ts';
import { yumGroups } from '../../../engine/readers/packages/yum-lists.ts';
import { yumUpdate } from '../../../engine/readers/packages/yum.ts';
import { testModule } from '../../../engine/testing.ts';
import { isChange, planned } from '../planning.ts';
import { absent } from '../../../engine/module/reader.ts';

const nginx: Package = {
  name: 'nginx',
  version: '1:1.20.1-14.el9',
  arch: 'x86_64',
  status: 'installed',
  held: false,
  database: 'rpm',
};
const is = (changed: Partial<Package> = {}) => ({ 'package nginx': { ...nginx, ...changed } });

test.each([
  ['1.20.1-14.el9', undefined, true],
  ['1:1.20.1-14.el9', '1.20.1', true],
  ['1:1.20.1-14.el9', '1.20.1-14.el9', true],
  ['1:1.20.1-14.el9', '1:1.20.1', true],
  ['1:1.20.1-14.el9', '1.20.*', true],
  ['1:1.20.1-14.el9', '1.20', false],
  ['1:1.20.1-14.el9', '2:1.20.1', false],
])('%s is %s: %s', (version, wanted, expected) => {
  expect(matchesRpmVersion(version, wanted)).toBe(expected);
});

test.each([
  ['1.0', '1.0', 0],
  ['1.10', '1.9', 1],
  ['1.0~rc1', '1.0', -1],
  ['1.0^git1', '1.0', 1],
  ['2.0.1a', '2.0.1', 1],
  ['1.0a', '1.01', -1],
  ['1:0.9', '1.0', 1],
  ['1.0-2', '1.0-10', -1],
  ['1.0', '1.0-10', 0],
  ['1.20230101123456789', '1.20230101123456788', 1],
  ['20230101123456789:1', '20230101123456788:2', 1],
  ['001', '1', 0],
])('%s compared with %s is %s', (a, b, expected) => {
  expect(Math.sign(compareRpmVersions(a, b))).toBe(expected);
  expect(Math.sign(compareRpmVersions(b, a))).toBe(expected === 0 ? 0 : -expected);
});

describe('what comes with packages', () => {
  const foreseen = (is: Readonly<Record<string, unknown>>) =>
    isChange(planned(yum, { name: 'web' }, is, { check: true }));
  const simulation = { installs: { web: '1.0-1', library: '2:1-1' }, removes: [] };

  test('is what dnf itself would install, in check', () => {
    const { brings, after } = foreseen({ simulation: { ...simulation, problem: undefined } });
    expect(brings).toEqual({ packages: simulation.installs, how: 'rpm' });
    expect(after.map(({ read, answer }) => [read.key, answer])).toMatchObject([
      [{ name: 'web' }, { value: { name: 'web' } }],
      [{ name: 'library' }, { value: { name: 'library', version: '2:1-1', status: 'installed' } }],
    ]);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['nobody asked', {}],
    ['dnf cannot tell', { simulation: { ...simulation, problem: 'no' } }],
    ['something goes', { simulation: { ...simulation, removes: ['x'], problem: undefined } }],
  ])('is unknown where %s', (_, is) => {
    expect(foreseen(is).brings).toBeUndefined();
  });

  test.each([
    ['installs', { name: 'web', foresee: true }, true],
    ['removes', { name: 'web', state: 'absent', foresee: true }, false],
    ['installs a group', { name: '@tools', foresee: true }, false],
    ['is no check', { name: 'web', foresee: false }, false],
  ])('is asked where a step %s: %s', (_, want, asked) => {
    const { foresee, ...given } = want;
    const known = { get: () => absent };
    const args = { ...yum.definition.args.parse(given), foresee };
    const reads = yum.definition.reads?.(args, known) ?? {};
    expect(Object.values(reads).some(({ reader }) => reader.name === 'yumSimulation')).toBe(asked);
  });
});

describe('packages', () => {
  testModule(
    yum,
    [
      {
        name: 'what is installed is the same',
        want: { name: 'nginx=1.20.1' },
        is: is(),
        plan: 'same',
        result: { versions: { nginx: '1:1.20.1-14.el9' } },
      },
      {
        name: 'what is missing is installed',
        want: { name: 'nginx' },
        differences: [{ what: 'nginx', from: 'absent', to: 'present' }],
        script: ['get install nginx'],
      },
      {
        name: 'a newer version is installed',
        want: { name: 'nginx=1.22.0' },
        is: is({ version: '1.20.1-1' }),
        script: ['get install nginx-1.22.0'],
      },
      {
        name: 'an older version is refused',
        want: { name: 'nginx=1.18.0' },
        is: is({ version: '1.20.1-1' }),
        fails: /newer than 1\.18\.0/,
      },
      {
        name: 'unless it may be older',
        want: { name: 'nginx=1.18.0', allowDowngrade: true },
        is: is({ version: '1.20.1-1' }),
        script: ['get downgrade nginx-1.18.0'],
      },
      {
        name: 'latest with nothing newer is the same',
        want: { name: 'nginx', state: 'latest' },
        is: is(),
        plan: 'same',
      },
      {
        name: 'latest with something newer is an upgrade',
        want: { name: 'nginx', state: 'latest' },
        is: { ...is(), 'update nginx': '1:1.22.0-1' },
        differences: [{ to: '1:1.22.0-1' }],
        script: ['get upgrade nginx'],
      },
      {
        name: 'what is there is removed, dependencies kept',
        want: { name: 'nginx', state: 'absent' },
        is: is(),
        script: ['clean_requirements_on_remove=0', 'get remove nginx'],
      },
      {
        name: 'or removed with it',
        want: { name: 'nginx', state: 'absent', autoremove: true },
        is: is(),
        script: ['clean_requirements_on_remove=1'],
      },
      {
        name: 'a locked package is not upgraded by accident',
        want: { name: 'nginx=1.22.0' },
        is: is({ version: '1.20.1-1', held: true }),
        fails: /versionlock/,
      },
      {
        name: 'a lock is moved to the new version',
        want: { name: 'nginx=1.22.0', hold: true },
        is: is({ version: '1.20.1-1', held: true }),
        script: [
          /versionlock delete nginx[\s\S]*install nginx-1\.22\.0[\s\S]*versionlock add nginx/,
        ],
      },
      {
        name: 'a lock is set',
        want: { name: 'nginx', hold: true },
        is: is(),
        differences: [{ what: 'hold of nginx', to: true }],
      },
      {
        name: 'an .rpm file that is missing is named',
        want: { rpm: '/tmp/x.rpm' },
        fails: /\/tmp\/x\.rpm is not there/,
      },
      {
        name: 'repositories are chosen',
        want: { name: 'nginx', enableRepo: 'extra', disableRepo: ['*'] },
        script: ["'--disablerepo=*' --enablerepo=extra"],
      },
      {
        name: 'a whole name of rpm is a version and an architecture',
        want: { name: ['nginx-1:1.22.0-1.el9.x86_64', '1:mod-http-1.2-3.noarch', 'glibc.i686'] },
        differences: [
          { what: 'nginx', to: '1:1.22.0-1.el9' },
          { what: 'mod-http', to: '1:1.2-3' },
          { what: 'glibc', to: 'present' },
        ],
        script: ['get install nginx-1:1.22.0-1.el9.x86_64 mod-http-1:1.2-3.noarch glibc.i686'],
      },
      {
        name: 'what is installed of that architecture is the same',
        want: { name: 'nginx-1.20.1-14.el9.x86_64' },
        is: { 'package nginx:x86_64': nginx },
        plan: 'same',
      },
      {
        name: 'a group is installed by its id, and an environment',
        want: { name: ['@tools', '@^minimal', 'nginx'] },
        is: { ...is(), groups: ['@games'] },
        differences: [
          { what: '@tools', from: 'absent', to: 'installed' },
          { what: '@^minimal', from: 'absent', to: 'installed' },
        ],
        script: [
          'get install @tools "@$sign"minimal',
          '= dnf ] || "$yum" -y groups mark install tools',
        ],
      },
      {
        name: 'a group that is there is the same',
        want: { name: '@tools' },
        is: { groups: ['@tools'] },
        plan: 'same',
      },
      {
        name: 'a group is removed with what it brought',
        want: { name: '@tools', state: 'absent' },
        is: { groups: ['@tools'] },
        script: ['get remove @tools'],
      },
      {
        name: 'everything is upgraded',
        want: { upgrade: true },
        is: { updates: { 'bash.x86_64': '5.1-2', 'nginx.x86_64': '1:1.22.0-1' } },
        differences: [
          { what: 'upgraded', from: '', to: 'bash.x86_64 5.1-2, nginx.x86_64 1:1.22.0-1' },
        ],
        script: ['fetch upgrade && get upgrade'],
      },
      {
        name: 'where nothing is newer, upgrade is the same',
        want: { upgrade: true },
        is: { updates: {} },
        plan: 'same',
      },
      {
        name: 'metadata may be no older than asked',
        want: { name: 'nginx', cacheValidTime: 60 },
        script: ['metadata_expire=60'],
      },
    ],
    test,
  );

  test('the version is predicted as far as it is known', () => {
    const plan = isChange(planned(yum, { name: 'nginx=1.22.0' }, {}));
    expect(plan.after.map(({ answer }) => answer)).toMatchObject([
      { value: { version: '1.22.0' } },
    ]);
  });
});

test.each([
  [{}, /say name, rpm or upgrade/],
  [{ name: '@tools', state: 'latest' as const }, /groups are present or absent/],
  [{ name: '@tools', hold: true }, /a group cannot be held/],
  [{ name: ['a-1-1.noarch', 'a-1-2.noarch'] }, /a:noarch is asked for with two versions/],
  [{ name: 'a', autoremove: true }, /state absent/],
  [{ name: 'a=1', state: 'latest' as const }, /without versions/],
])('%j is a mistake', (args, expected) => {
  expect(yum.definition.mistakes?.(yum.definition.args.parse(args))[0]).toMatch(expected);
});

test('updates are told apart from obsoletes, also where yum breaks its lines', () => {
  const keys = ['nginx', 'a-very-long-name', 'bash', 'old'].map((name) => ({ name, options: [] }));
  const stdout = Buffer.from(`
nginx.x86_64                 1:1.22.0-1.el9      appstream
a-very-long-name-noarch-indeed.noarch
                             2.0-1               base
a-very-long-name.noarch
                             0:3.0-1             base
Obsoleting Packages
old.x86_64                   9-1                 base

m 100
`);
  const answers = yumUpdate.definition.parse({ stdout, stderr: '', code: 0 }, keys, 'm');
  expect(answers).toEqual([
    { answer: 'value', value: '1:1.22.0-1.el9' },
    { answer: 'value', value: '3.0-1' },
    { answer: 'absent' },
    { answer: 'absent' },
  ]);
});

test('repositories that do not answer are denied', () => {
  const stdout = Buffer.from('\nm 1\n');
  const keys = [{ name: 'nginx', options: [] }];
  const answers = yumUpdate.definition.parse(
    { stdout, stderr: 'Curl error (6)', code: 0 },
    keys,
    'm',
  );
  expect(answers).toEqual([{ answer: 'denied', why: 'Curl error (6)' }]);
});

/** As yum 3.4.3 of CentOS 7 prints it: from its sources and documentation, no such host is here. */
const yum3Groups = `Loaded plugins: fastestmirror, langpacks
There is no installed groups file.
Maybe run: yum groups mark convert (see man yum)
Loading mirror speeds from cached hostfile
Installed environment groups:
   Minimal Install (minimal)
Available environment groups:
   GNOME Desktop (gnome-desktop-environment)
Installed groups:
   Development Tools (development)
   Java Platform (with extras) (java-platform)
Installed language groups:
   German Support (german-support) [de]
Available Groups:
   Compatibility Libraries (compat-libraries)
Done

m 0
`;

test.each([
  [
    'what yum 3 prints, whatever stands around it',
    yum3Groups,
    '',
    ['@^minimal', '@development', '@java-platform', '@german-support'],
  ],
  [
    'nothing, where no group is installed',
    'Loaded plugins: fastestmirror\n\nm 0\n',
    'Warning: no environments/groups match: hidden, ids, installed',
    [],
  ],
  [
    'nothing, where no repository has groups',
    '\nm 1\n',
    'Error: No group data available for configured repositories.',
    [],
  ],
])('groups that are installed are told of %s', (_, stdout, stderr, expected) => {
  const output = { stdout: Buffer.from(stdout), stderr, code: 0 };
  expect(yumGroups.definition.parse(output, [{ options: [] }], 'm')).toEqual([
    { answer: 'value', value: expected },
  ]);
});

describe('in check, behind a step', () => {
  const listsAfter = (
    want: z.input<typeof yum.definition.args>,
    now: Readonly<Record<string, unknown>>,
  ) =>
    (isChange(planned(yum, want, now)).after ?? [])
      .filter(({ read }) => ['yumGroups', 'yumUpdates'].includes(read.reader.name))
      .map(({ read, answer }) => [read.reader.name, 'value' in answer ? answer.value : answer]);

  test('groups are those that were there and the new ones, or without those that go', () => {
    const groups = ['@games', '@tools'];
    expect(listsAfter({ name: ['@office', '@tools'] }, { groups })).toEqual([
      ['yumGroups', ['@games', '@office', '@tools']],
    ]);
    expect(listsAfter({ name: '@tools', state: 'absent' }, { groups })).toEqual([
      ['yumGroups', ['@games']],
    ]);
    expect(listsAfter({ name: 'nginx' }, {})).toEqual([]);
  });

  test('nothing is left to upgrade where all was', () => {
    expect(listsAfter({ upgrade: true }, { updates: { 'bash.x86_64': '5.1-2' } })).toEqual([
      ['yumUpdates', {}],
    ]);
  });
});

test('a package that versionlock holds is not freed unless the task says so', () => {
  const held = is({ held: true });
  expect(() => planned(yum, { name: 'nginx', state: 'absent' }, held)).toThrow('versionlock');
  const plan = isChange(planned(yum, { name: 'nginx', state: 'absent', hold: false }, held));
  expect(plan.differences).toMatchObject([
    { what: 'nginx' },
    { what: 'hold of nginx', from: true, to: false },
  ]);
});
