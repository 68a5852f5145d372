import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { absent, value } from '../../../engine/module/reader.ts';
import {
  sysctl,
  sysctlName,
  sysctlPath,
  sysctlSettings,
} from '../../../engine/readers/system/sysctl.ts';
import { shells, TestHost } from '../../../engine/testing.ts';

test.each([
  ['net.ipv4.ip_forward', '/proc/sys/net/ipv4/ip_forward', 'net.ipv4.ip_forward'],
  ['net/ipv4/ip_forward', '/proc/sys/net/ipv4/ip_forward', 'net.ipv4.ip_forward'],
  [
    'net.ipv4.conf.eth0/100.rp_filter',
    '/proc/sys/net/ipv4/conf/eth0.100/rp_filter',
    'net.ipv4.conf.eth0/100.rp_filter',
  ],
  [
    'net/ipv4/conf/eth0.100/rp_filter',
    '/proc/sys/net/ipv4/conf/eth0.100/rp_filter',
    'net.ipv4.conf.eth0/100.rp_filter',
  ],
])('%s is %s', (key, path, name) => {
  expect(sysctlPath(key)).toBe(path);
  expect(sysctlName(key)).toBe(name);
  expect(sysctl(key).id).toBe(sysctl(name).id);
});

describe.each(shells)('under %s', (shell) => {
  test('values are whole, also where the kernel gives them in one piece only', async () => {
    const of = (path: string) =>
      value(readFileSync(`/proc/sys/${path}`, 'utf8').replace(/\n$/, ''));
    const host = new TestHost({ shell });
    const answers = await host.ask([
      sysctl('kernel.pid_max'),
      sysctl('net.ipv4.tcp_rmem'),
      sysctl('no.such.parameter'),
      sysctl('kernel.osrelease'),
    ]);
    expect(answers).toEqual([
      of('kernel/pid_max'),
      of('net/ipv4/tcp_rmem'),
      absent,
      of('kernel/osrelease'),
    ]);
  });

  test('a parameter that can only be written is denied', async () => {
    const [answer] = await new TestHost({ shell }).ask([sysctl('net.ipv4.route.flush')]);
    expect(answer).toMatchObject({ answer: 'denied' });
  });

  test('files of this machine are read without an error', async () => {
    const [answer] = await new TestHost({ shell }).ask([sysctlSettings('all')]);
    expect(answer).toMatchObject({ answer: 'value' });
  });
});

test('settings come in the order in which they count at boot', () => {
  const stdout = Buffer.from(`m 1
/etc/sysctl.d/90-b.conf:kernel.foo=90
/etc/sysctl.d/10-a.conf:  -kernel.foo = 10
/usr/lib/sysctl.d/10-a.conf:kernel.foo = hidden
/usr/lib/sysctl.d/50-c.conf:kernel/foo = 50 60
/etc/sysctl.conf:kernel.foo = last
`);
  const [answer] = sysctlSettings.definition.parse({ stdout, stderr: '', code: 0 }, ['all'], 'm');
  const settings = answer?.answer === 'value' ? answer.value : [];
  expect(settings.map((one) => one.value)).toEqual(['10', '50 60', '90', 'last']);
  expect(new Set(settings.map((one) => one.name))).toEqual(new Set(['kernel.foo']));
});
