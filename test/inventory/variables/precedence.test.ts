import { describe, expect, it } from 'vitest';
import { parseExtraVariables } from '../../../engine/inventory/variables/extra.ts';
import { levels, precedenceDocs } from '../../../engine/inventory/variables/precedence.ts';
import { readInventory } from '../../../engine/inventory/read.ts';
import { folderWith, inventoryOf } from '../files.ts';

/** Each level, weakest first: the file that sets `x` there. */
const places: readonly (readonly [string, string, string])[] = [
  ['vars of all', 'inventory/hosts.yaml', 'all: { vars: { x: THIS } }'],
  ['vars of a parent group', 'inventory/hosts.yaml', 'site: { vars: { x: THIS } }'],
  ['vars of a child group', 'inventory/hosts.yaml', 'web: { vars: { x: THIS } }'],
  ['inventory group_vars/all', 'inventory/group_vars/all.yaml', 'x: THIS'],
  ['playbook group_vars/all', 'playbook/group_vars/all.yaml', 'x: THIS'],
  ['inventory group_vars/PARENT', 'inventory/group_vars/site.yaml', 'x: THIS'],
  ['inventory group_vars/CHILD', 'inventory/group_vars/web.yaml', 'x: THIS'],
  ['playbook group_vars/PARENT', 'playbook/group_vars/site.yaml', 'x: THIS'],
  ['playbook group_vars/CHILD', 'playbook/group_vars/web.yaml', 'x: THIS'],
  ['the host in the inventory', 'inventory/hosts.yaml', 'web: { hosts: { h: { x: THIS } } }'],
  ['inventory host_vars', 'inventory/host_vars/h.yaml', 'x: THIS'],
  ['playbook host_vars', 'playbook/host_vars/h.yaml', 'x: THIS'],
  ['-e', '-e', 'THIS'],
];
const shape = { 'inventory/a.yaml': 'site: { children: { web: { hosts: { h: } } } }' };

/** `x` of the host when the places at these positions set it to their names. */
async function winner(positions: readonly number[]): Promise<unknown> {
  const files: Record<string, string> = { ...shape };
  const extra: string[] = [];
  positions.forEach((position, at) => {
    const [name, file, text] = places[position] ?? ['', '', ''];
    if (file === '-e') extra.push(`x='${name}'`);
    // Two of one inventory go to files of their own: levels decide, not the order of files.
    else files[file.replace('hosts.yaml', `b${9 - at}.yaml`)] = text.replace('THIS', `'${name}'`);
  });
  const folder = folderWith(files);
  const inventory = await readInventory({
    files: [`${folder}/inventory`],
    playbookDirectory: `${folder}/playbook`,
    extra: await parseExtraVariables(extra),
  });
  return inventory.host('h').vars['x'];
}

describe('precedence', () => {
  it.each(places.slice(1).map(([name], at) => [name, places[at]?.[0], at + 1] as const))(
    '%s wins over %s',
    async (name, _, position) => {
      expect(await winner([position - 1, position])).toBe(name);
    },
  );

  it('of all together -e wins', async () => {
    expect(await winner(places.map((_, position) => position))).toBe('-e');
  });

  it('the documentation names every level', () => {
    const numbered = precedenceDocs.split('\n').filter((line) => /^\d+\. /.test(line));
    expect(numbered).toHaveLength(levels.length);
  });

  it('the deeper group wins, whatever its name', async () => {
    const inventory = await inventoryOf(`
z: { vars: { x: z }, children: { a: { vars: { x: a }, hosts: { h: } } } }
`);
    expect(inventory.host('h').vars).toEqual({ x: 'a' });
  });

  it('the longest way from all counts', async () => {
    const inventory = await inventoryOf(`
all: { children: { low: , other: } }
top: { children: { middle: { children: { low: { vars: { x: low }, hosts: { h: } } } } } }
other: { vars: { x: other }, hosts: { h: } }
`);
    expect(inventory.host('h').groups).toEqual(['all', 'other', 'top', 'middle', 'low']);
    expect(inventory.host('h').vars).toEqual({ x: 'low' });
  });

  it('groups of one depth: priority, then the name that sorts later', async () => {
    const text = (more: string): string => `
a: { vars: { x: a }, hosts: { h: }${more} }
b: { vars: { x: b }, hosts: { h: } }
`;
    const x = async (more: string): Promise<unknown> =>
      (await inventoryOf(text(more))).host('h').vars['x'];
    expect(await x('')).toBe('b');
    expect(await x(', priority: 10')).toBe('a');
    const ansible = await inventoryOf(text('').replace('x: a', 'x: a, ansible_group_priority: 10'));
    expect(ansible.host('h').vars).toEqual({ x: 'a' });
  });

  it('values replace whole: neither mappings nor lists are merged', async () => {
    const inventory = await inventoryOf(`
all: { vars: { map: { a: 1, b: 2 }, list: [1, 2] }, hosts: { h: { map: { b: 3 }, list: [3] } } }
`);
    expect(inventory.host('h').vars).toEqual({ map: { b: 3 }, list: [3] });
  });
});
