/** What is mutated, and which tests it is shown to. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { testsThatStartPrograms } from '../quick-tests.ts';

/** Of the modules, those that compare, order and parse alone: no text for a shell in them. */
const pureModules = [
  'kubernetes/k8s-label',
  'kubernetes/k8s-taint',
  'kubernetes/shared/compare',
  'kubernetes/shared/condition',
  'packages/apt/plan',
  'packages/apt/version',
  'packages/shared/names',
  'packages/yum/arguments',
  'packages/yum/names',
  'packages/yum/plan',
  'packages/yum/version',
  'services/timer/index',
  'services/timer/text',
  'services/tmpfiles',
  'system/locale',
  'system/modprobe/lines',
  'system/modprobe/live',
  'system/sysctl/index',
  'system/sysctl/lines',
];

/** What is mutated where nothing is named. */
export const everything: readonly string[] = [
  ...['secrets', 'inventory', 'plan', 'module', 'run'].map((name) => `engine/${name}`),
  ...pureModules.map((name) => `engine/modules/${name}.ts`),
];

/** Many, large and random things take seconds, for every mutant that they reach. */
const slow = /(?:scale|properties)\.test\.ts$/;
/** These start few shells, for a moment. */
const quickAllTheSame = [
  'test/module/read-facts.test.ts',
  ...[
    'kubernetes/k8s',
    'packages/apt',
    'packages/yum',
    'services/timer',
    'services/tmpfiles',
    'system/locale',
    'system/modprobe',
    'system/sysctl',
  ].map((name) => `test/modules/${name}.test.ts`),
];

/**
 * @param folder of `engine/`
 * @param shells those that start programs too: minutes become hours
 */
export function testsOf(root: string, folder: string, shells: boolean): readonly string[] {
  const starting = new Set(shells ? [] : testsThatStartPrograms(root));
  return readdirSync(join(root, 'test', folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `test/${folder}/${path}`)
    .filter((path) => path.endsWith('.test.ts') && !slow.test(path))
    .filter((path) => !starting.has(path) || quickAllTheSame.includes(path));
}
