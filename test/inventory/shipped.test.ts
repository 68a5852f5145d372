import { describe, expect, it } from 'vitest';
import { readInventory } from '../../engine/inventory/read.ts';

describe('inventories/prod.yaml', () => {
  it('is six hosts without a warning', async () => {
    const file = new URL('../../inventories/prod.yaml', import.meta.url).pathname;
    const inventory = await readInventory({ files: [file] });
    expect(inventory.warnings).toEqual([]);
    const names = inventory.hosts.map(({ name }) => name);
    expect(names).toEqual(['core1', 'core2', 'core3', 'app1', 'app2', 'app3']);
    for (const group of ['etcd', 'kube_master', 'haproxy', 'keepalived']) {
      expect(inventory.groups.get(group)).toEqual(['core1', 'core2', 'core3']);
    }
    expect(inventory.connection('app3')).toMatchObject({
      host: '192.0.2.23',
      port: 2222,
      user: 'deploy',
      become: { method: 'sudo', user: 'root' },
    });
    expect(inventory.host('app3').address).toBe('10.20.0.23');
    expect(inventory.host('core1').groups).toEqual([
      'all',
      'prod',
      'chrony_server',
      'etcd',
      'haproxy',
      'keepalived',
      'kube_master',
      'kube_node',
    ]);
  });
});
