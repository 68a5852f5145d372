import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { apt } from '../../../engine/modules/packages/apt/index.ts';
import { compareDebVersions } from '../../../engine/modules/packages/apt/version.ts';
import { guardScript } from '../../../engine/modules/packages/apt/policy-guard.ts';
import { value, type Read } from '../../../engine/module/reader.ts';
import { packageNamed, type Package } from '../../../engine/readers/packages/package.ts';
import { quote } from '../../../engine/shell/quote.ts';
import { runScript, shells, testModule } from '../../../engine/testing.ts';
import { isAct, isChange, planned } from '../planning.ts';

const nginx: Package = {
  name: 'nginx',
  version: '1.22.1-9',
  arch: 'amd64',
  status: 'installed',
  held: false,
  database: 'dpkg',
};
const is = (changed: Partial<Package> = {}) => ({ 'package nginx': { ...nginx, ...changed } });
const simulated = (installs: Record<string, string>, removes: string[] = [], problem?: string) => ({
  'simulation 0': { installs, removes, problem },
});

describe('packages', () => {
  testModule(
    apt,
    [
      {
        name: 'what is installed is the same',
        want: { name: 'nginx' },
        is: is(),
        plan: 'same',
        result: { versions: { nginx: '1.22.1-9' } },
      },
      {
        name: 'what came for another package is marked as asked for',
        want: { name: 'nginx' },
        is: is({ auto: true }),
        differences: [{ what: 'mark of nginx', from: 'automatic', to: 'manual' }],
        script: ['apt-mark manual nginx'],
      },
      {
        name: 'a version matches by wildcards',
        want: { name: 'nginx=1.22.*' },
        is: is(),
        plan: 'same',
      },
      {
        name: 'a dot is no wildcard',
        want: { name: 'nginx=1.2211-9' },
        is: is({ version: '1.22.1-9' }),
        plan: 'change',
      },
      {
        name: 'another version is a change',
        want: { name: 'nginx=1.24.0-1' },
        is: is(),
        differences: [{ what: 'nginx', from: '1.22.1-9', to: '1.24.0-1' }],
        script: ['install nginx=1.24.0-1'],
      },
      {
        name: 'only configuration files are not installed',
        want: { name: 'nginx' },
        is: is({ status: 'removed' }),
        differences: [{ from: 'absent' }],
      },
      {
        name: 'a half-configured package is not installed',
        want: { name: 'nginx' },
        is: is({ status: 'broken' }),
        differences: [{ from: 'broken' }],
      },
      {
        name: 'a package that provides the name is enough',
        want: { name: 'httpd-cgi' },
        is: { 'package httpd-cgi': nginx },
        plan: 'same',
      },
      {
        name: 'but is not removed for it',
        want: { name: 'httpd-cgi', state: 'absent' },
        is: { 'package httpd-cgi': nginx },
        plan: 'same',
      },
      {
        name: 'what is not there is absent',
        want: { name: 'nginx', state: 'absent' },
        plan: 'same',
      },
      {
        name: 'what is there is removed',
        want: { name: 'nginx', state: 'absent' },
        is: is(),
        script: ['remove nginx'],
      },
      {
        name: 'configuration files may stay',
        want: { name: 'nginx', state: 'absent' },
        is: is({ status: 'removed' }),
        plan: 'same',
      },
      {
        name: 'or be purged',
        want: { name: 'nginx', state: 'absent', purge: true },
        is: is({ status: 'removed' }),
        script: ['purge nginx'],
      },
      {
        name: 'only upgrades leave alone what is not there',
        want: { name: 'nginx', onlyUpgrade: true },
        plan: 'same',
      },
      {
        name: 'the newest version is the same',
        want: { name: 'nginx', state: 'latest' },
        is: { ...is(), 'offer nginx': { candidate: '1.22.1-9', versions: [] } },
        plan: 'same',
      },
      {
        name: 'an older one is upgraded',
        want: { name: 'nginx', state: 'latest' },
        is: { ...is(), 'offer nginx': { candidate: '1.24.0-1', versions: [] } },
        differences: [{ from: '1.22.1-9', to: '1.24.0-1' }],
      },
      {
        name: 'an older version is refused',
        want: { name: 'nginx=1.22.1-8' },
        is: is(),
        fails: /nginx 1\.22\.1-9 is newer than 1\.22\.1-8/,
      },
      {
        name: 'unless it may be older',
        want: { name: 'nginx=1.22.1-8', allowDowngrade: true },
        is: is(),
        script: ['--allow-downgrades install nginx=1.22.1-8'],
      },
      {
        name: 'a hold is set',
        want: { name: 'nginx', hold: true },
        is: is(),
        differences: [{ what: 'hold of nginx', to: true }],
        script: ['apt-mark hold nginx'],
      },
      {
        name: 'a held version stays where it is the wanted one',
        want: { name: 'nginx=1.22.*', hold: true },
        is: is({ held: true }),
        plan: 'same',
      },
      {
        name: 'a held package is not upgraded by accident',
        want: { name: 'nginx=1.24.0-1' },
        is: is({ held: true }),
        fails: /nginx 1\.22\.1-9 is on hold/,
      },
      {
        name: 'with hold it is freed, upgraded and held again',
        want: { name: 'nginx=1.24.0-1', hold: true },
        is: is({ held: true }),
        script: [/unhold nginx[\s\S]*install nginx=1\.24\.0-1[\s\S]*apt-mark hold nginx/],
      },
      {
        name: 'a held package is not removed by accident',
        want: { name: 'nginx', state: 'absent' },
        is: is({ held: true }),
        fails: /on hold/,
      },
      { name: 'services are kept from starting', want: { name: 'nginx' }, script: ['policy-rc.d'] },
      {
        name: 'unless they shall',
        want: { name: 'nginx', startServices: true },
        script: [/^(?![\s\S]*policy-rc\.d)/],
      },
      {
        name: 'a .deb file that is missing is named',
        want: { deb: '/tmp/x.deb' },
        fails: /\/tmp\/x\.deb is not there/,
      },
      {
        name: 'a broken package is repaired where asked',
        want: { repair: true },
        is: { broken: ['nginx'] },
        differences: [{ what: 'nginx', from: 'broken' }],
        script: ['--configure -a'],
      },
      {
        name: 'nothing broken needs no repair',
        want: { repair: true },
        is: { broken: [] },
        plan: 'same',
      },
      {
        name: 'nothing to autoremove is the same',
        want: { autoremove: true },
        is: simulated({}),
        plan: 'same',
      },
      {
        name: 'what nothing needs is removed',
        want: { autoremove: true },
        is: simulated({}, ['libx']),
        differences: [{ what: 'removed', from: 'libx' }],
      },
      {
        name: 'an upgrade names what it brings',
        want: { upgrade: 'full' },
        is: simulated({ bash: '5.2-2' }),
        differences: [{ what: 'upgraded', to: 'bash 5.2-2' }],
        script: ['dist-upgrade'],
      },
      {
        name: 'nothing to upgrade is the same',
        want: { upgrade: 'safe' },
        is: simulated({}),
        plan: 'same',
      },
    ],
    test,
  );
});

describe('check', () => {
  const on = { check: true };
  const comes = simulated({ nginx: '1.24.0-1', 'libssl3:i386': '3.0' });

  test('names dependencies and predicts versions', () => {
    const plan = isChange(planned(apt, { name: 'nginx' }, comes, on));
    expect(plan.differences).toEqual([
      { what: 'nginx', from: 'absent', to: '1.24.0-1' },
      { what: 'comes with it', from: '', to: 'libssl3:i386 3.0' },
    ]);
    expect(plan.after.map(({ read }) => read.id)).toContain(packageNamed('nginx', 'dpkg').id);
    expect(plan.after[0]?.answer).toMatchObject({ value: { version: '1.24.0-1' } });
  });

  test('leaves other packages known, where apt told what comes', () => {
    const plan = isChange(planned(apt, { name: 'nginx' }, comes, on));
    expect(plan.invalidates).toMatchObject({
      readers: ['unit', 'account', 'accountId', 'home', 'timezone', 'kernelModule'],
    });
    const unsure = isChange(planned(apt, { name: 'nginx' }, simulated({}, [], 'no lists'), on));
    expect(unsure.invalidates).toMatchObject({
      readers: ['unit', 'account', 'accountId', 'home', 'timezone', 'kernelModule', 'package'],
    });
    expect(unsure.uncertainBecause).toBe(
      'the host has no package lists yet, which the run fetches',
    );
  });

  test('does not claim to know whether dpkg keeps configuration files', () => {
    const plan = isChange(planned(apt, { name: 'nginx', state: 'absent' }, is(), on));
    expect(plan.after.map(({ answer }) => answer)).toEqual([{ answer: 'unknown' }]);
  });
});

describe('package lists', () => {
  const want = { name: 'nginx', state: 'latest', cacheValidTime: 3600 } as const;
  const offer = { 'offer nginx': { candidate: '1.22.1-9', versions: [] } };

  test('that are fresh enough decide', () => {
    const lists = { lists: { present: true, age: 60 } };
    expect(planned(apt, want, { ...is(), ...offer, ...lists }).plan).toBe('same');
  });

  test('that are too old are fetched first, which alone is no change', () => {
    const lists = { lists: { present: true, age: 7200 } };
    const plan = isAct(planned(apt, want, { ...is(), ...offer, ...lists }));
    const output = (stdout: string) => ({ code: 0, stdout, stderr: '' });
    expect(plan.changed?.(output('tsplay nginx 1.22.1-9\n'))).toBe(false);
    const changed = output('tsplay changed\ntsplay nginx 1.24.0-1\n');
    expect(plan.changed?.(changed)).toBe(true);
    expect(plan.result(changed)).toEqual({ versions: { nginx: '1.24.0-1' } });
  });
});

describe('reads', () => {
  const known = (answers: Record<string, unknown>) => ({
    get: <V>(read: Read<V>) =>
      Object.hasOwn(answers, read.id) ? value(answers[read.id] as V) : undefined,
  });
  const names = (want: z.input<typeof apt.definition.args>, answers = {}) =>
    Object.keys(apt.definition.reads?.(apt.definition.args.parse(want), known(answers)) ?? {});

  test('are one a package where nothing has to change', () => {
    const answers = { [packageNamed('nginx', 'dpkg').id]: nginx };
    expect(names({ name: 'nginx' }, answers)).toEqual(['package nginx']);
  });

  test('ask apt what it would do only where something has to change', () => {
    const answers = { [packageNamed('nginx', 'dpkg').id]: { ...nginx, version: '1.0' } };
    expect(names({ name: 'nginx=1.22.*' })).toEqual(['package nginx']);
    expect(names({ name: 'nginx=1.22.*' }, answers)).toContain('simulation 0');
  });

  test.each<[z.input<typeof apt.definition.args>, boolean]>([
    [{ name: 'nginx', state: 'latest', updateCache: true }, true],
    [{ upgrade: 'full', cacheValidTime: 60 }, true],
    [{ name: 'nginx', state: 'latest' }, false],
    [{ name: 'nginx', updateCache: true }, false],
    [{ name: 'nginx' }, false],
  ])('look at the lists where their age decides what is newest: %j: %s', (want, are) => {
    expect(names(want).includes('lists')).toBe(are);
  });
});

test.each([
  [{}, /say name/],
  [{ name: ['a=1', 'a=2'] }, /two versions/],
  [{ name: 'a=1', state: 'latest' as const }, /without versions/],
  [{ name: 'a', state: 'absent' as const, hold: true }, /cannot be held/],
])('%j is a mistake', (args, expected) => {
  expect(apt.definition.mistakes?.(apt.definition.args.parse(args))[0]).toMatch(expected);
});

test.each(['nginx; reboot', '-y', 'php*', 'a b'])('%j is no name', (name) => {
  expect(apt.definition.args.safeParse({ name }).success).toBe(false);
});

describe.each(shells)('the guard under %s', (shell) => {
  const guard = (folder: string) =>
    guardScript.replace('/usr/sbin/policy-rc.d', `${folder}/policy`).replace('/run/', `${folder}/`);
  const systemctl = `systemctl() { case "$*" in *list-units*) printf 'cron.service loaded active\\n' ;; esac; }\n`;

  test('refuses what does not run, allows what runs, and is gone afterwards', async () => {
    const output = await runScript(
      `folder=$(mktemp -d); cd "$folder"
(${systemctl}${guard('$folder')}
for try in 'cron restart' 'cron.service start' 'nginx start' '--quiet nginx restart' 'nginx stop'; do
  sh ./policy $try 2>/dev/null; printf '%s: %s\\n' "$try" "$?"
done)
ls; rm -rf "$folder"`,
      { shell },
    );
    expect(output.stdout.toString().trim().split('\n')).toEqual([
      'cron restart: 0',
      'cron.service start: 0',
      'nginx start: 101',
      '--quiet nginx restart: 101',
      'nginx stop: 0',
    ]);
  });

  test('that a killed script left behind allows everything and removes itself', async () => {
    const output = await runScript(
      `folder=$(mktemp -d); cd "$folder"
sh -c ${quote(`${systemctl}${guard('.')}\nkill -9 $$`)} 2>/dev/null
ls; sh ./policy nginx start; printf '%s\\n' "$?"; ls; rm -rf "$folder"`,
      { shell },
    );
    expect(output.stdout.toString().trim().split('\n')).toEqual(['policy', '0']);
  });

  test('leaves the policy of somebody else alone', async () => {
    const output = await runScript(
      `folder=$(mktemp -d); cd "$folder"; printf 'mine\\n' >policy
(${systemctl}${guard('$folder')}
cat policy); cat policy; rm -rf "$folder"`,
      { shell },
    );
    expect(output.stdout.toString()).toBe('mine\nmine\n');
  });
});

/** Each pair as `dpkg --compare-versions` sorts it. */
test.each([
  ['1.0', '1.0', 0],
  ['1.0-1', '1.0-2', -1],
  ['1.9', '1.10', -1],
  ['1.0~rc1', '1.0', -1],
  ['1.0~~', '1.0~', -1],
  ['1.0', '1.0a', -1],
  ['1.0a', '1.0+b', -1],
  ['1:0.9', '1.0', 1],
  ['1.0-1', '1.0', 1],
  ['1.0-1+deb12u1', '1.0-1', 1],
  ['1.0-a-2', '1.0-a-10', -1],
  ['1.20230101123456789', '1.20230101123456788', 1],
  ['20230101123456789:1', '20230101123456788:2', 1],
  ['001', '1', 0],
])('%s compared with %s is %s', (a, b, expected) => {
  expect(Math.sign(compareDebVersions(a, b))).toBe(expected);
  expect(Math.sign(compareDebVersions(b, a))).toBe(expected === 0 ? 0 : -expected);
});
