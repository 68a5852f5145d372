/** What is mutated, and which tests it is shown to. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { testsThatStartPrograms } from '../quick-tests.ts';

/** Of the modules, those that compare, order, edit and parse alone: no text for a shell in them. */
const pureModules = [
  'accounts/authorized-key/lines',
  'accounts/known-host/lines',
  'accounts/user/changes',
  'files/file/states',
  'files/ini/lines',
  'files/json/edit',
  'files/json/scan',
  'files/toml/document',
  'files/toml/edit',
  'files/toml/insert',
  'files/toml/values',
  'files/yaml/document',
  'files/yaml/edit',
  'files/yaml/remove',
  'files/yaml/set',
  'packages/apt/outcome',
  'packages/apt/plan',
  'packages/apt/problems',
  'packages/apt/version',
  'packages/shared/names',
  'packages/shared/news',
  'packages/yum/arguments',
  'packages/yum/names',
  'packages/yum/plan',
  'packages/yum/version',
  'services/cron/schedule',
  'services/cron/table',
  'services/systemd-unit/text',
  'services/systemd/also',
  'services/systemd/differences',
  'services/timer/index',
  'services/timer/text',
  'services/tmpfiles',
  'shared/account-references',
  'shared/combine-changes',
  'shared/data/tree',
  'shared/env-lines',
  'shared/file-lines',
  'shared/http-target',
  'shared/mode',
  'system/locale',
  'system/modprobe/lines',
  'system/modprobe/live',
  'system/mount/fstab',
  'system/mount/live',
  'system/sysctl/index',
  'system/sysctl/lines',
];

/** The same of `kubernetes/modules`. */
const pureOfKubernetes = [
  'k8s-label',
  'k8s-taint',
  'k8s/manifest',
  'shared/compare',
  'shared/condition',
];

/** What is mutated where nothing is named. */
export const everything: readonly string[] = [
  ...['secrets', 'inventory', 'plan', 'module', 'controller', 'run'].map(
    (name) => `engine/${name}`,
  ),
  ...pureModules.map((name) => `engine/modules/${name}.ts`),
  ...pureOfKubernetes.map((name) => `kubernetes/modules/${name}.ts`),
];

/** Many, large and random things take seconds, for every mutant that they reach. */
const slow = /^(?:scale|properties)\.test\.ts$/;

/** These start shells, few or only in tests that `without-shells.ts` leaves out. */
const quickAllTheSame: Readonly<Record<string, readonly string[]>> = {
  kubernetes: ['k8s'],
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
    'known-host',
    'limits',
    'locale',
    'looking',
    'mode',
    'modprobe',
    'mount',
    'news',
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
};

/** Of `engine/run`, what awaits hosts: only whole runs reach it. */
const awaitingHosts = [
  'apply',
  'ask',
  'batch',
  'becoming',
  'conclude',
  'connected',
  'controller-action',
  'dependencies',
  'dynamic-inventory',
  'environment',
  'events',
  'heartbeat',
  'host-locks',
  'host-run',
  'learn',
  'link',
  'locate',
  'notify',
  'once',
  'open-links',
  'pause',
  'play',
  'predict',
  'prepare',
  'read-and-plan',
  'read-batch',
  'rolling',
  'run',
  'step',
  'tell',
  'turn',
  'unknown',
  'unprepared',
  'validate-templates',
  'walk',
];

/** Whole runs of a few tenths of a second each, under shells. */
const wholeRuns = [
  'attempts',
  'becoming',
  'blocks',
  'check',
  'controller-action',
  'dynamic-inventory',
  'early-end',
  'events-of-steps',
  'facts-of-others',
  'handlers',
  'identity-check',
  'lazies',
  'learning',
  'lost-hosts',
  'may-invalidate',
  'once',
  'pending-handlers',
  'play',
  'read-batch',
  'references',
  'results',
  'rolling',
  'secrets',
  'taking-part',
  'unprepared',
];

/** Files that are shown to the same tests, and so share a memory of what was found. */
export interface Room {
  readonly name: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

/**
 * @param paths files and folders below `engine/` or `kubernetes/`
 * @param shells all tests that start programs too: minutes become hours
 */
export function roomsOf(root: string, paths: readonly string[], shells: boolean): readonly Room[] {
  const rooms = new Map<string, string[]>();
  for (const file of paths.flatMap((path) => filesIn(root, path))) {
    const name = roomOf(file);
    rooms.set(name, [...(rooms.get(name) ?? []), file]);
  }
  const starting = new Set(shells ? [] : testsThatStartPrograms(root));
  return [...rooms].map(([name, files]) => {
    const folder = folderOf(files[0] ?? '');
    const quick = name === awaiting ? wholeRuns : (quickAllTheSame[folder] ?? []);
    const tests = filesIn(root, `test/${folder}`)
      .filter((path) => path.endsWith('.test.ts') && !slow.test(basename(path)))
      .filter((path) => !starting.has(path) || quick.includes(basename(path, '.test.ts')));
    return { name, files, tests };
  });
}

const awaiting = 'run, what awaits hosts';

/** The folder of its tests. */
const folderOf = (file: string): string => {
  const [top = '', second = ''] = file.split('/');
  return top === 'engine' ? second : top;
};

function roomOf(file: string): string {
  const folder = folderOf(file);
  return folder === 'run' && awaitingHosts.includes(basename(file, '.ts')) ? awaiting : folder;
}

/** The TypeScript files of a folder, or the file itself. */
function filesIn(root: string, path: string): readonly string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .toSorted()
    .map((name) => `${path}/${name}`);
}
