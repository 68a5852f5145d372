import { describe, expect, test } from 'vitest';
import { common } from '../../roles/common/index.ts';
import { collected, refused } from './collected.ts';

const hosts = (vars = ''): string => `
all:
  vars: { ${vars} }
  hosts:
    web1: { host: 10.0.0.1 }
    web2.example.org: { host: 10.0.0.2 }
    away: { host: away.example.org }
    10.0.0.4:
`;

test('each host gets its name up to the first dot; an address is no name', async () => {
  const fleet = await collected(common, hosts());
  const nameFor = (host: string): unknown =>
    fleet.host(host).step('name of the host').task.args['name'];
  expect([nameFor('web1'), nameFor('web2.example.org')]).toEqual(['web1', 'web2']);
  expect(fleet.host('10.0.0.4').names).not.toContain('name of the host');
});

test('hosts with an address know each other, and what is named besides', async () => {
  const more = 'commonHosts: [{ address: 10.0.0.9, names: [api, api.example.org] }]';
  const step = (await collected(common, hosts(more))).host('away').step('hosts of the inventory');
  expect(step.task.args['block']).toBe(
    '10.0.0.1 web1\n10.0.0.2 web2 web2.example.org\n10.0.0.9 api api.example.org',
  );
});

describe('the kernel', () => {
  const asked =
    'commonSwap: off, commonModules: [overlay], commonSysctl: { net.ipv4.ip_forward: 1 }';
  const wanted = asked.replace('off', '"off"');

  test('is set up on a host of its own, modules before parameters', async () => {
    const { names } = (await collected(common, hosts(wanted))).host('web1');
    expect(names.slice(2)).toEqual([
      'swap is off',
      'kernel module overlay',
      'kernel parameter net.ipv4.ip_forward',
    ]);
  });

  test('is left alone where it is shared, and that is said', async () => {
    const host = (await collected(common, hosts(`${wanted}, sharedKernel: true`))).host('web1');
    expect(host.names.slice(2)).toEqual(['the kernel is left alone']);
    expect(host.step('the kernel is left alone').task.args['message']).toContain(
      'swap, overlay, net.ipv4.ip_forward stay as they are',
    );
  });
});

test('the firewall is left as it is unless asked', async () => {
  const plain = (await collected(common, hosts())).host('web1').names;
  expect(plain.filter((name) => name.includes('firewall'))).toEqual([]);
  const off = (await collected(common, hosts('commonFirewall: "off"'))).host('web1').names;
  expect(off).toEqual(expect.arrayContaining(['firewalld is off', 'ufw is off']));
});

test('a name that would mean two hosts is refused', async () => {
  const error = await refused(common, hosts('commonHostname: node'));
  expect(error).toContain('the name node would mean 10.0.0.1 and 10.0.0.2');
});

test('a name that DNS refuses is refused, with its place', async () => {
  const error = await refused(common, hosts('commonHostname: Node_1'));
  expect(error).toMatch(/hosts\.yaml:3:\d+ .*commonHostname: must be lower case/);
});

test('packages have the names of the family, services and SELinux are as they are unless asked', async () => {
  const plain = (await collected(common, hosts())).host('web1').names;
  expect(plain).not.toContain('SELinux');
  const asked =
    'commonPackages: { debian: [conntrack], redhat: [conntrack-tools] }, commonServicesOff: [postfix], commonSelinux: permissive';
  const host = (await collected(common, hosts(asked))).host('web1');
  expect(host.names.slice(2)).toEqual(['common packages', 'postfix is off', 'SELinux']);
  expect(host.step('common packages').task.args['name']).toEqual({
    debian: ['conntrack'],
    redhat: ['conntrack-tools'],
  });
});
