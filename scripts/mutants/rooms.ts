/** What is mutated, and which tests it is shown to. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { testsThatStartPrograms } from '../quick-tests.ts';

/** Of the modules, those that compare, order, edit and parse alone: no text for a shell in them. */
const pureModules = [
  'account-references',
  'apt-outcome',
  'apt-plan',
  'apt-problems',
  'authorized-keys',
  'combine-changes',
  'cron-schedule',
  'cron-table',
  'data-tree',
  'deb-version',
  'env-lines',
  'file-lines',
  'file-states',
  'fstab-lines',
  'http-target',
  'ini-lines',
  'json-edit',
  'json-scan',
  'k8s-compare',
  'k8s-condition',
  'k8s-label',
  'k8s-manifest',
  'k8s-taint',
  'known-hosts',
  'locale',
  'mode',
  'modprobe-lines',
  'modprobe-live',
  'mount-live',
  'package-names',
  'package-news',
  'rpm-names',
  'rpm-version',
  'sysctl',
  'sysctl-lines',
  'systemd-also',
  'systemd-differences',
  'timer',
  'timer-text',
  'tmpfiles',
  'toml-document',
  'toml-edit',
  'toml-insert',
  'toml-values',
  'unit-text',
  'user-changes',
  'yaml-document',
  'yaml-edit',
  'yaml-remove',
  'yaml-set',
  'yum-arguments',
  'yum-plan',
];

/** What is mutated where nothing is named. */
export const everything: readonly string[] = [
  ...['secrets', 'inventory', 'plan', 'module', 'run'].map((name) => `engine/${name}`),
  ...pureModules.map((name) => `engine/modules/${name}.ts`),
];

/** Many, large and random things take seconds, for every mutant that they reach. */
const slow = /^(?:scale|properties)\.test\.ts$/;

/** These start shells, few or only in tests that `without-shells.ts` leaves out. */
const quickAllTheSame: Readonly<Record<string, readonly string[]>> = {
  module: ['read-facts'],
  modules: [
    'accounts',
    'apt',
    'apt-problems',
    'authorized-key',
    'command',
    'cron',
    'env-file',
    'file',
    'hosts-entry',
    'http',
    'ini',
    'json',
    'k8s',
    'known-host',
    'limits',
    'locale',
    'looking',
    'mode',
    'modprobe',
    'mount',
    'package-news',
    'pkg',
    'sysctl',
    'systemd',
    'systemd-also',
    'systemd-unit',
    'timer',
    'tmpfiles',
    'toml',
    'yaml',
    'yum',
  ],
  // Whole runs, of a few tenths of a second each.
  run: [
    'attempts',
    'becoming',
    'blocks',
    'check',
    'events-of-steps',
    'facts-of-others',
    'grow',
    'handlers',
    'lost-hosts',
    'may-touch',
    'on-controller',
    'once',
    'order-rules',
    'play',
    'references',
    'results',
    'secrets',
    'taking-part',
  ],
};

/**
 * @param folder of `engine/`
 * @param shells those that start programs too: minutes become hours
 */
export function testsOf(root: string, folder: string, shells: boolean): readonly string[] {
  const starting = new Set(shells ? [] : testsThatStartPrograms(root));
  const quick = quickAllTheSame[folder] ?? [];
  return readdirSync(join(root, 'test', folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `test/${folder}/${path}`)
    .filter((path) => path.endsWith('.test.ts') && !slow.test(basename(path)))
    .filter((path) => !starting.has(path) || quick.includes(basename(path, '.test.ts')));
}
