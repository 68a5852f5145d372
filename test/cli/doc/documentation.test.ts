import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { longList, moduleText, shortList } from '../../../engine/cli/doc/text.ts';
import { argumentsOf } from '../../../engine/cli/doc/documentation.ts';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import { z } from '../../../engine/index.ts';
import type { AnyModule } from '../../../engine/module/module.ts';
import { same } from '../../../engine/module/plan.ts';
import { rooms } from '../../../engine/modules/rooms.ts';
import { styleFor } from '../../../engine/report/style.ts';
import { allModules, moduleGroups } from '../../modules/all-modules.ts';

const motd = defineModule({
  name: 'motd',
  summary: 'Sets the message of the day.',
  args: z.strictObject({
    text: z.string().describe('the message'),
    mode: z.enum(['once', 'always']).default('once').describe('when it is shown'),
    lines: z.array(z.union([z.string(), z.number()])).optional(),
    limits: z.record(z.string(), z.int()).optional(),
    nested: z
      .strictObject({ a: z.boolean(), b: z.literal(1).optional().describe('only one') })
      .optional(),
  }),
  example: `motd('greet', { text: 'hi' })`,
  returns: { path: 'where it is' },
  plan: () => same({ path: '/etc/motd' }),
});

test('a module is described from its schema alone', () => {
  const definition = motd.definition as AnyModule;
  expect(moduleText(definition, styleFor(false), 80, undefined)).toMatchInlineSnapshot(`
    "motd  Sets the message of the day.

    Example:
      motd('greet', { text: 'hi' })

    Arguments:
      text: string, required
          the message
      mode: "once" | "always", default "once"
          when it is shown
      lines: (string | number)[]
      limits: Record<string, number>
      nested: { a: boolean; b?: 1 }
      nested.b: 1
          only one

    Result:
      changed: whether anything was changed
      path: where it is"
  `);
});

const groups = moduleGroups;
const modules = allModules;

test('play doc lists every module on one screen of 80 columns and 24 lines', () => {
  expect(modules.length).toBeGreaterThan(5);
  const lines = shortList(groups, styleFor(false), 80).split('\n');
  // One for the command, one for the next prompt.
  expect(lines.length).toBeLessThanOrEqual(22);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  const words = new Set(lines.slice(0, -3).flatMap((line) => line.split(/ +/)));
  expect(modules.filter(({ name }) => !words.has(name))).toEqual([]);
});

test('the long list has a line of what each does', () => {
  const list = longList(groups, styleFor(false), 80);
  expect(modules.filter(({ name }) => !list.includes(`  ${name} `))).toEqual([]);
  expect(list.split('\n').every((line) => line.length <= 80)).toBe(true);
});

test('groups are the folders of engine/modules, and what lies in a folder is exported by it', () => {
  const folder = fileURLToPath(new URL('../../../engine/modules', import.meta.url));
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
    .map(({ name }) => name);
  expect(Object.keys(rooms).toSorted()).toEqual(folders.toSorted());
  const left = folders.flatMap((room) => {
    const index = readFileSync(join(folder, room, 'index.ts'), 'utf8');
    return readdirSync(join(folder, room), { withFileTypes: true })
      .filter(({ name }) => name !== 'index.ts' && name !== 'shared')
      .map((entry) => `./${entry.name}${entry.isDirectory() ? '/index.ts' : ''}`)
      .filter((path) => !index.includes(`from '${path}'`))
      .map((path) => `${room}/${path}`);
  });
  expect(left).toEqual([]);
});

test.each(modules.map((module) => [module.name, module] as const))(
  '%s: every argument is described, the example names the module',
  (name, module) => {
    const described = argumentsOf(module);
    expect(described.filter(({ description }) => description === '')).toEqual([]);
    expect(module.example).toContain(`${name}(`);
  },
);
