import { describe, expect, it } from 'vitest';
import { readLimit } from '../../../engine/inventory/pattern/limit.ts';
import { readInventory } from '../../../engine/inventory/read.ts';
import { errorOf, folderWith } from '../files.ts';

async function limited(limit: string): Promise<readonly string[]> {
  const inventory = await readInventory({ files: ['w[1:5],db,'] });
  return inventory.match(await readLimit(limit)).map(({ name }) => name);
}

describe('--limit', () => {
  it.each([
    ['w1', ['w1']],
    ['w1,db', ['w1', 'db']],
    ['w*:!w3', ['w1', 'w2', 'w4', 'w5']],
    ['w*:!w[13]', ['w2', 'w4', 'w5']],
    ['@FOLDER/hosts', ['w2', 'w3']],
    ['db,@FOLDER/hosts', ['w2', 'w3', 'db']],
    ['@FOLDER/hosts:!w3', ['w2']],
    ['@FOLDER/hosts,@FOLDER/more', ['w2', 'w3', 'db']],
  ])('%s is %j', async (limit, hosts) => {
    const folder = folderWith({ hosts: '# failed\nw2\n\n  w3  \r\n', more: 'db' });
    expect(await limited(limit.replaceAll('FOLDER', folder))).toEqual(hosts);
  });

  it.each([
    ['@FOLDER/nowhere', 'cannot be read'],
    ['@FOLDER/empty', 'empty:1:1  the file of --limit names no host'],
    [
      '@FOLDER/wrong',
      "wrong:2:3  no host or group 'w9' in the inventory\n  hint: did you mean 'w1'?",
    ],
  ])('%s is refused', async (limit, message) => {
    const folder = folderWith({ empty: '# nobody\n', wrong: 'w1\n  w9\n' });
    const error = await errorOf(() => limited(limit.replaceAll('FOLDER', folder)), folder);
    expect(error).toContain(message);
  });
});
