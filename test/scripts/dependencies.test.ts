/** What is installed is what was looked at: nothing newer, nothing that runs code by itself. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const json = (name: string): unknown => JSON.parse(readFileSync(root + name, 'utf8'));
const { packages } = json('package-lock.json') as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const installed = Object.entries(packages).filter(([path]) => path !== '');

test('every dependency is one exact version', () => {
  const { dependencies, devDependencies } = json('package.json') as Readonly<
    Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>
  >;
  const inexact = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(inexact).toEqual([]);
});

test('the lock file has a strong digest of every package', () => {
  const weak = installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
  expect(weak.map(([path]) => path)).toEqual([]);
});

test('packages run no code when they are installed, and few would', () => {
  expect(readFileSync(`${root}.npmrc`, 'utf8').split('\n')).toContain('ignore-scripts=true');
  const would = installed.filter(([, each]) => each.hasInstallScript === true);
  expect(would.map(([path]) => path)).toEqual([
    'node_modules/cpu-features',
    'node_modules/esbuild',
    'node_modules/ssh2',
  ]);
});
