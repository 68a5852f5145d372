import { describe, expect, it } from 'vitest';
import type { Addition } from '../../engine/inventory/addition.ts';
import { Additions } from '../../engine/inventory/additions.ts';
import { inventoryOf } from './files.ts';

const yaml = `
web:
  hosts: { c: , a: , b: }
old:
  children: { older: { hosts: { d: } } }
`;
const addition = (host: string, more: Partial<Addition> = {}): Addition => ({
  host,
  groups: [],
  parents: [],
  vars: {},
  ...more,
});
const additions = async (): Promise<Additions> => new Additions(await inventoryOf(yaml));

describe('what a run adds', () => {
  it('is in the order of the hosts whose steps add it, whoever was first', async () => {
    const added = await additions();
    for (const [by, host] of [
      ['z', 'n1'],
      ['c', 'n2'],
      ['a', 'n3'],
      ['y', 'n4'],
      ['a', 'n5'],
      ['b', 'n6'],
    ] as const)
      added.add(by, addition(host));
    expect(added.all.map(({ host }) => host)).toEqual(['n2', 'n3', 'n5', 'n6', 'n4', 'n1']);
    expect(added.count).toBe(6);
  });

  it('may put hosts of the files into groups, and say the same twice', async () => {
    const added = await additions();
    added.add('a', addition('a', { groups: ['web', 'fresh'] }));
    added.add('a', addition('n', { vars: { size: [1] } }));
    added.add('b', addition('n', { vars: { size: [1], more: 2 } }));
    expect(added.count).toBe(3);
  });
});

describe('refused is', () => {
  it.each<[string, readonly Addition[], string]>([
    [
      'another value',
      [addition('n', { vars: { x: 1 } }), addition('n', { vars: { x: 2 } })],
      "another 'x'",
    ],
    [
      'a variable of a host of the files',
      [addition('a', { vars: { x: 1 } })],
      "a is in the inventory, so its 'x'",
    ],
    ['localhost, which is there', [addition('localhost')], 'localhost exists'],
    ['a host with the name of a group', [addition('web')], "'web' would be a host and a group"],
    [
      'a host with the name of an added group',
      [addition('n', { groups: ['g'] }), addition('g')],
      'a host and a group',
    ],
    ['a group with the name of a host', [addition('n', { groups: ['a'] })], 'a host and a group'],
    [
      'a group with the name of an added host',
      [addition('n'), addition('m', { groups: ['n'] })],
      'a host and a group',
    ],
    ['a group with its own host’s name', [addition('n', { groups: ['n'] })], 'a host and a group'],
    [
      'a parent with the name of a host',
      [addition('n', { groups: ['g'], parents: ['b'] })],
      'a host and a group',
    ],
    ['the group all', [addition('n', { groups: ['all'] })], "nothing is put into 'all'"],
    [
      'the group ungrouped, as parent',
      [addition('n', { groups: ['g'], parents: ['ungrouped'] })],
      "into 'ungrouped'",
    ],
    [
      'a group in itself',
      [addition('n', { groups: ['g'], parents: ['g'] })],
      "'g' cannot be inside 'g'",
    ],
    [
      'groups in each other',
      [
        addition('n', { groups: ['g'], parents: ['h'] }),
        addition('m', { groups: ['h'], parents: ['g'] }),
      ],
      "'h' cannot be inside 'g'",
    ],
    [
      'a group in one that the files put into it',
      [addition('n', { groups: ['old'], parents: ['older'] })],
      "'old' cannot be inside 'older'",
    ],
    [
      'a connection that cannot be',
      [addition('n', { vars: { ansible_port: 'x' } })],
      'ansible_port',
    ],
    ['a name that is none', [addition('-n')], '-n'],
    ['a group that is none', [addition('n', { groups: ['-g'] })], '-g'],
  ])('%s', async (_, list, message) => {
    const added = await additions();
    const last = list.at(-1);
    for (const each of list.slice(0, -1)) added.add('a', each);
    expect(() => last && added.add('b', last)).toThrow(message);
  });
});
