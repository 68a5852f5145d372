import { describe, expect, it } from 'vitest';
import { describeInventory } from '../../engine/inventory/describe.ts';
import { inventoryOf } from './files.ts';

const text = `
all:
  hosts: { gate: }
  vars: { version: '1', token: !secret hunter2 }
site:
  children:
    web: { hosts: { w1: { host: 10.0.0.1, port: 2222, password: hunter2 }, w2: } }
    db: { hosts: { d1: { ansible_user: root } } }
`;

describe('play inventory', () => {
  it('--graph is a tree', async () => {
    expect(describeInventory(await inventoryOf(text), { as: 'graph' })).toBe(
      [
        '@all:',
        '  |--@ungrouped:',
        '  |  |--gate',
        '  |--@site:',
        '  |  |--@web:',
        '  |  |  |--w1',
        '  |  |  |--w2',
        '  |  |--@db:',
        '  |  |  |--d1',
      ].join('\n'),
    );
  });

  it('--list is the JSON that ansible-inventory prints', async () => {
    const list: unknown = JSON.parse(describeInventory(await inventoryOf(text), { as: 'list' }));
    const vars = { version: '1', token: '***' };
    expect(list).toEqual({
      _meta: {
        hostvars: {
          gate: { ansible_host: 'gate', ...vars },
          w1: { ansible_host: '10.0.0.1', ansible_port: 2222, ...vars },
          w2: { ansible_host: 'w2', ...vars },
          d1: { ansible_host: 'd1', ansible_user: 'root', ...vars },
        },
      },
      all: { children: ['ungrouped', 'site'] },
      ungrouped: { hosts: ['gate'] },
      site: { children: ['web', 'db'] },
      web: { hosts: ['w1', 'w2'] },
      db: { hosts: ['d1'] },
    });
  });

  it('--host says where every value was written, and no secret', async () => {
    const shown = describeInventory(await inventoryOf(text), { as: 'host', host: 'w1' });
    expect(shown).not.toContain('hunter2');
    const host = JSON.parse(shown.replaceAll(/\/\S*\//g, '')) as Record<string, unknown>;
    expect(host).toEqual({
      name: 'w1',
      groups: ['all', 'site', 'web'],
      address: '10.0.0.1',
      connection: {
        transport: 'openssh',
        host: '10.0.0.1',
        port: 2222,
        password: '***',
      },
      vars: { version: '1', token: '***' },
      writtenAt: {
        version: 'hosts.yaml:4:20',
        token: 'hosts.yaml:4:40',
        host: 'hosts.yaml:7:33',
        port: 'hosts.yaml:7:49',
        password: 'hosts.yaml:7:65',
      },
    });
  });
});
