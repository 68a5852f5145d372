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
  mkdirSync(join(copy, 'engine/modules'), { recursive: true });
  writeFileSync(
    join(copy, 'engine/modules/index.ts'),
    "/** All. */\nexport { apt } from './apt.ts';\nexport { user } from './user.ts';\n",
  );
});
afterEach(() => rmSync(copy, { recursive: true }));

test('a new module has a file, a test and an export in its place', () => {
  expect(newModule(copy, 'authorizedKey')).toEqual([
    'engine/modules/authorized-key.ts',
    'test/modules/authorized-key.test.ts',
    'engine/modules/index.ts',
  ]);
  expect(readFileSync(join(copy, 'engine/modules/index.ts'), 'utf8').split('\n')).toEqual([
    '/** All. */',
    "export { apt } from './apt.ts';",
    "export { authorizedKey } from './authorized-key.ts';",
    "export { user } from './user.ts';",
    '',
  ]);
});

test('nothing is overwritten, no odd name is taken', () => {
  newModule(copy, 'thing');
  expect(() => newModule(copy, 'thing')).toThrow('is there already');
  expect(() => newModule(copy, '../x')).toThrow('is not camelCase');
});

test('what a new module begins with works: its own test is the proof', async () => {
  cpSync(join(root, 'engine'), join(copy, 'engine'), { recursive: true });
  newModule(copy, 'tsplayNewThing');
  const path = join(copy, 'engine/modules/tsplay-new-thing.ts');
  const module = (await import(path)) as Record<string, { definition: { name: string } }>;
  expect(module['tsplayNewThing']?.definition.name).toBe('tsplayNewThing');
});
