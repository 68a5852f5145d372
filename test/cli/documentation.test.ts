import { expect, test } from 'vitest';
import { moduleList, moduleText } from '../../engine/cli/doc-command.ts';
import { argumentsOf, modulesOf } from '../../engine/cli/documentation.ts';
import { defineModule } from '../../engine/dsl/define-module.ts';
import { z } from '../../engine/index.ts';
import type { AnyModule } from '../../engine/module/module.ts';
import { same } from '../../engine/module/plan.ts';
import * as exported from '../../engine/modules/index.ts';
import { styleFor } from '../../engine/report/style.ts';

const motd = defineModule({
  name: 'motd',
  summary: 'Sets the message of the day.',
  args: z.strictObject({
    text: z.string().describe('the message'),
    mode: z.enum(['once', 'always']).default('once').describe('when it is shown'),
    lines: z.array(z.union([z.string(), z.number()])).optional(),
    limits: z.record(z.string(), z.int()).optional(),
    nested: z.strictObject({ a: z.boolean(), b: z.literal(1).optional() }).optional(),
  }),
  example: `motd('greet', { text: 'hi' })`,
  returns: { path: 'where it is' },
  plan: () => same({ path: '/etc/motd' }),
});

test('a module is described from its schema alone', () => {
  const definition = motd.definition as AnyModule;
  expect(moduleText(definition, styleFor(false), 80)).toMatchInlineSnapshot(`
    "motd  Sets the message of the day.

    Arguments:
      text: string, required
          the message
      mode: "once" | "always", default "once"
          when it is shown
      lines: (string | number)[]
      limits: Record<string, number>
      nested: { a: boolean; b?: 1 }

    Result:
      changed: whether anything was changed
      path: where it is

    Example:
      motd('greet', { text: 'hi' })"
  `);
});

const modules = modulesOf(exported);

test('play doc lists every module on one screen', () => {
  expect(modules.length).toBeGreaterThan(5);
  const list = moduleList(modules, styleFor(false), 80);
  expect(modules.filter(({ name }) => !list.includes(`  ${name} `))).toEqual([]);
  expect(list.split('\n').every((line) => line.length <= 80)).toBe(true);
});

test.each(modules.map((module) => [module.name, module] as const))(
  '%s: every argument is described, the example names the module',
  (name, module) => {
    const described = argumentsOf(module);
    expect(described.filter(({ description }) => description === '')).toEqual([]);
    expect(module.example).toContain(`${name}(`);
  },
);
