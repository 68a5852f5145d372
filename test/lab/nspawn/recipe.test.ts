import { expect, test } from 'vitest';
import { baseRecipe, recipeKey } from '../../../lab/nspawn/recipe.ts';

const sources = new Map([['debian.sources', 'Suites: bookworm\n']]);
const settings = new Map([['90retry', 'Acquire::Retries "3";\n']]);
const key = (packages: string[] = []) =>
  recipeKey(baseRecipe('bookworm', packages, sources, settings));

test('equal recipes name the same tree', () => {
  expect(key()).toBe(key());
  expect(key(['jq', 'rsync'])).toBe(key(['rsync', 'jq']));
  expect(key()).toBe(key(['sudo']));
});

test('another package, suite, source or setting names another tree', () => {
  const keys = [
    key(),
    key(['python3']),
    recipeKey(baseRecipe('trixie', [], sources, settings)),
    recipeKey(baseRecipe('bookworm', [], new Map(), settings)),
    recipeKey(baseRecipe('bookworm', [], sources, new Map([['90retry', 'changed']]))),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('hosts have systemd, sshd and sudo, and no Python', () => {
  const { packages } = baseRecipe('bookworm', [], sources, settings);
  expect(packages).toEqual(expect.arrayContaining(['systemd', 'openssh-server', 'sudo']));
  expect(packages.filter((name) => name.startsWith('python'))).toEqual([]);
});

test("sshd keeps Debian's settings: the engine must live with them", () => {
  const { files } = baseRecipe('bookworm', [], sources, settings);
  expect([...files.keys()].filter((path) => path.includes('ssh'))).toEqual([]);
});
