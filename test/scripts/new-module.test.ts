import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newModule } from '../../scripts/new-module.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let copy = '';
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'tsplay-new-'));
  mkdirSync(join(copy, 'engine/modules/accounts'), { recursive: true });
  writeFileSync(
    join(copy, 'engine/modules/accounts/index.ts'),
    "/** All. */\nexport { group } from './group.ts';\nexport { user } from './user/index.ts';\n",
  );
});
afterEach(() => rmSync(copy, { recursive: true }));

test('a new module has a file, a test and an export in its place', () => {
  expect(newModule(copy, 'accounts', 'authorizedKey')).toEqual([
    'engine/modules/accounts/authorized-key.ts',
    'test/modules/accounts/authorized-key.test.ts',
    'engine/modules/accounts/index.ts',
  ]);
  expect(readFileSync(join(copy, 'engine/modules/accounts/index.ts'), 'utf8').split('\n')).toEqual([
    '/** All. */',
    "export { authorizedKey } from './authorized-key.ts';",
    "export { group } from './group.ts';",
    "export { user } from './user/index.ts';",
    '',
  ]);
});

test('nothing is overwritten, no odd name is taken, the folder must be there', () => {
  newModule(copy, 'accounts', 'thing');
  expect(() => newModule(copy, 'accounts', 'thing')).toThrow('is there already');
  expect(() => newModule(copy, 'accounts', '../x')).toThrow('is not camelCase');
  expect(() => newModule(copy, 'people', 'thing')).toThrow('no folder people; there are accounts');
});

test('what a new module begins with works: its own test is the proof', async () => {
  cpSync(join(root, 'engine'), join(copy, 'engine'), { recursive: true });
  newModule(copy, 'files', 'tsplayNewThing');
  const path = join(copy, 'engine/modules/files/tsplay-new-thing.ts');
  const module = (await import(path)) as Record<string, { definition: { name: string } }>;
  expect(module['tsplayNewThing']?.definition.name).toBe('tsplayNewThing');
});
