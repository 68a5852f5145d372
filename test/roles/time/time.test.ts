import { expect, test } from 'vitest';
import { clockOf } from '../../../roles/time/sources.ts';
import { timeVariables } from '../../../roles/time/variables.ts';
import { time } from '../../../roles/time/index.ts';
import { inventoryOf } from '../../plan/inventory.ts';
import { mistakesOf, tasksOf } from '../collecting.ts';

const yaml = `
all: { hosts: { a: { host: 10.0.0.1 }, b: { host: 10.0.0.2 }, c: { host: c.test } } }
chrony_server: { hosts: { a: } }
`;
const clock = async (name: string, vars: Record<string, unknown> = {}, text = yaml) => {
  const inventory = await inventoryOf(text);
  return clockOf({ host: inventory.host(name), inventory, vars: timeVariables.parse(vars) });
};

test('one host asks the sources and answers the others, which ask it alone', async () => {
  expect(await clock('a')).toEqual({
    sources: ['pool pool.ntp.org iburst'],
    serves: true,
    allow: ['10.0.0.2'],
  });
  expect(await clock('b')).toEqual({
    sources: ['server 10.0.0.1 iburst'],
    serves: false,
    allow: [],
  });
});

test('networks that are given are answered instead', async () => {
  expect((await clock('a', { timeAllow: ['10.0.0.0/24'] })).allow).toEqual(['10.0.0.0/24']);
});

test('without a server every host asks the sources', async () => {
  const alone = 'all: { hosts: { a: { host: 10.0.0.1 } } }';
  expect((await clock('a', { timeSources: ['ntp.test'] }, alone)).sources).toEqual([
    'server ntp.test iburst',
  ]);
});

test('a host that nobody tells the time is refused before anything connects', async () => {
  const alone = 'all: { vars: { timeSources: [] }, hosts: { a: { host: 10.0.0.1 } } }';
  expect(await mistakesOf(time, alone)).toContain('a has no time source');
  const served = yaml.replace('all: {', 'all: { vars: { timeSources: [] },');
  expect(await mistakesOf(time, served)).toBe('');
});

test('both families have their own unit; a shared clock is never set', async () => {
  const names = await tasksOf(time, yaml, 'a');
  expect(names).toEqual(expect.arrayContaining(['chrony runs', 'chronyd runs']));
  expect(names).not.toContain('chrony leaves the clock alone');
  const shared = yaml.replace('all: {', 'all: { vars: { sharedKernel: true },');
  expect(await tasksOf(time, shared, 'a')).toContain('chrony leaves the clock alone');
});
