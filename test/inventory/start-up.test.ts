import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from './files.ts';

describe('start-up', () => {
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
