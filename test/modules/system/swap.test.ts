import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { swap } from '../../../engine/modules/system/swap.ts';
import { textValue } from '../../../engine/readers/files/text.ts';
import { runScript, shells, testModule, TestHost } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { aFile } from '../a-file.ts';

const header = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
const text = (of: string) => textValue(Buffer.from(of));

const table = [
  '# swap was on /dev/sdb2 swap swap',
  '/dev/sda1 / ext4 defaults 0 1',
  '/dev/mapper/centos-swap\tswap\tswap\tdefaults\t0 0',
  '  UUID=1 none   swap sw 0 0',
  '/swap /mnt/swap ext4 defaults 0 0',
  '',
].join('\n');

describe.each(shells)('fstab under %s', (shell) => {
  test('lines of the type swap become comments, once, whatever stands between the fields', async () => {
    const fstab = `${folder()}/fstab`;
    writeFileSync(fstab, table);
    const host = new TestHost({ shell });
    const plan = await host.plan(swap, { fstab });
    if (plan.plan !== 'change') throw new Error('nothing was to be done');
    expect((await runScript(scriptOf(plan), { shell })).code).toBe(0);
    const after = readFileSync(fstab, 'utf8');
    expect(after.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      '/dev/sda1 / ext4 defaults 0 1',
      '/swap /mnt/swap ext4 defaults 0 0',
      '',
    ]);
    expect(after).toContain('# /dev/mapper/centos-swap\tswap\tswap');
    expect(await host.plan(swap, { fstab })).toMatchObject({ plan: 'same' });
  });

  test('an apply that did nothing is seen', async () => {
    const fstab = `${folder()}/fstab`;
    writeFileSync(fstab, table);
    const host = new TestHost({ shell, skipApply: true });
    await expect(host.apply(swap, { fstab })).rejects.toThrow('applied, but');
  });
});

testModule(
  swap,
  [
    {
      name: 'a host without swap and without fstab has nothing to do',
      want: {},
      is: { swaps: text(header) },
      plan: 'same',
    },
    {
      name: 'swap in use is switched off',
      want: {},
      is: { swaps: text(`${header}/dev/sda2 partition 1 0 -2\n/dev/zram0 partition 1 0 100\n`) },
      plan: 'change',
      differences: [{ what: 'swap', from: '/dev/sda2, /dev/zram0', to: 'off' }],
      script: ['swapoff -a'],
    },
    {
      name: 'fstab and the running system are one step',
      want: {},
      is: {
        swaps: text(`${header}/dev/sda2 partition 1 0 -2\n`),
        file: aFile(),
        text: text('/dev/sda2 none swap sw 0 0\n'),
      },
      plan: 'change',
      differences: [{ what: 'swap' }, { what: '/etc/fstab', from: '1 line of swap' }],
    },
    {
      name: 'swap that a package makes of compressed memory is overridden',
      want: {},
      is: { swaps: text(header), generator: aFile() },
      plan: 'change',
      differences: [{ what: '/etc/systemd/zram-generator.conf' }],
    },
    {
      name: 'an override that is there is left alone',
      want: {},
      is: { swaps: text(header), generator: aFile(), override: text('# none\n') },
      plan: 'same',
    },
  ],
  test,
);
