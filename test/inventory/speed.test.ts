import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, inventoryOf } from './files.ts';

describe('a thousand hosts', () => {
  it('resolve in well under 100 ms once they are read', async () => {
    const hosts = Array.from(
      { length: 1000 },
      (_, at) => `    h${at}: { ip: 10.0.0.1, rack: ${at} }`,
    );
    const vars = Array.from({ length: 40 }, (_, at) => `    v${at}: [1, 2, 3]`);
    const rings = Array.from({ length: 10 }, (_, at) => {
      const members = hosts.map((_, host) => `h${host}: `).filter((_, host) => host % 10 === at);
      return `ring${at}: { hosts: { ${members.join(', ')} }, vars: { ring: ${at} } }`;
    });
    const text = ['all:', '  vars:', ...vars, '  hosts:', ...hosts, ...rings].join('\n');
    let best = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 3; attempt++) {
      const inventory = await inventoryOf(text);
      const start = performance.now();
      for (const { name, vars, address } of inventory.match('all:!ring3')) {
        expect(address).toBe('10.0.0.1');
        if (vars['ring'] === undefined || !inventory.connection(name).host) throw new Error(name);
      }
      best = Math.min(best, performance.now() - start);
    }
    expect(best).toBeLessThan(100);
  });

  it('yaml is loaded for files, not for a list of hosts', async () => {
    const read = new URL('../../engine/inventory/read.ts', import.meta.url).href;
    const script = `
      import { createRequire } from 'node:module';
      import { readInventory } from ${JSON.stringify(read)};
      const loaded = () =>
        Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/yaml/dist/'));
      await readInventory({ files: ['a,b,'] });
      const before = loaded();
      await readInventory({ files: [process.argv[1]] });
      console.log(before, loaded());
    `;
    const file = join(folderWith({ 'hosts.yaml': 'all:' }), 'hosts.yaml');
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script, file];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()).toBe('false true');
  });
});
