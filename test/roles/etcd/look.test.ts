import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quote } from 'tsplay';
import { runScript, shells } from 'tsplay/testing';
import { lookArgv, parseLook } from '../../../roles/etcd/look.ts';
import { folder } from '../../readers/asking.ts';

const asked = async (dataDir: string, shell: (typeof shells)[number]) => {
  const { code, stdout } = await runScript(lookArgv(dataDir, ['false']).map(quote).join(' '), {
    shell,
  });
  expect(code).toBe(0);
  return parseLook(stdout.toString());
};

test.each(shells)('under %s it sees whether there is the data of a member', async (shell) => {
  const place = folder();
  expect(await asked(place, shell)).toMatchObject({ hasData: false, members: [] });
  mkdirSync(join(place, 'member'));
  expect(await asked(place, shell)).toMatchObject({ hasData: true });
});

test('settings of the first start are told by their addresses', () => {
  const said = 'ours\nfirst e1=https://10.0.0.1:2380,e2=https://[fd00::2]:2380\n';
  expect(parseLook(said)).toMatchObject({
    isOurs: true,
    first: ['https://10.0.0.1:2380', 'https://[fd00::2]:2380'],
  });
});
