import { describe, expect, it } from 'vitest';
import { defaultRoute, interfaces } from '../../engine/module/network-facts.ts';

const known = { eth0: { ipv4: ['10.0.0.5', '10.0.0.6'], ipv6: [], mac: '' } };
const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask';
const row = (name: string, to: string, gateway: string, metric: number, mask = '00000000') =>
  ` ${name}\t${to}  ${gateway}\t0003\t0\t0\t${metric}\t${mask}\t0 `;
const none = { interface: '', address: '', gateway: '' };

describe('the default route', () => {
  it('is what `ip` says', () => {
    const route = '1.1.1.1 via 10.0.0.1 dev eth0 src 10.0.0.5 uid 0';
    expect(defaultRoute(route, [], {})).toEqual({
      interface: 'eth0',
      address: '10.0.0.5',
      gateway: '10.0.0.1',
    });
    expect(defaultRoute('1.1.1.1 dev ppp0', [], {})).toEqual({ ...none, interface: 'ppp0' });
  });

  it('is none where there is none, or only the host itself', () => {
    expect(defaultRoute('', [], known)).toEqual(none);
    expect(defaultRoute('', [header], known)).toEqual(none);
    expect(defaultRoute('local 1.1.1.1 dev lo src 127.0.0.1', [header], known)).toEqual(none);
  });

  it('is in the kernel’s table the row of everything with the smallest metric', () => {
    const table = [
      header,
      row('eth1', '0000000A', '00000000', 0, '00FFFFFF'),
      row('eth3', '00000000', '0100000A', 0, '000000FF'),
      row('eth2', '00000000', '0200000A', 300),
      row('eth0', '00000000', '0100000A', 100),
      row('eth4', '00000000', '0400000A', 200),
    ];
    expect(defaultRoute('', table, known)).toEqual({
      interface: 'eth0',
      address: '10.0.0.5',
      gateway: '10.0.0.1',
    });
  });

  it('has perhaps no gateway, and an address only where one is known', () => {
    expect(defaultRoute('', [row('ppp0', '00000000', '00000000', 0)], known)).toEqual({
      ...none,
      interface: 'ppp0',
    });
    expect(defaultRoute('', [row('eth0', '00000000', '00000000', 0)], known).address).toBe(
      '10.0.0.5',
    );
  });
});

describe('interfaces', () => {
  it('have their addresses as `ip` tells them, link-local ones last, lo left out', () => {
    const lines = [
      '1: lo    inet 127.0.0.1/8 scope host lo',
      '2: eth0    inet6 fe80::1/64 scope link',
      '2: eth0    inet6 2001:db8::5/64 scope global',
      '2: eth0    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0',
      '3: eth0.7@eth0    inet 10.7.0.5/24 scope global',
    ];
    expect(interfaces(lines, ['eth0 02:00:00:00:00:01', 'lo 00:00:00:00:00:00'])).toEqual({
      eth0: { ipv4: ['10.0.0.5'], ipv6: ['2001:db8::5', 'fe80::1'], mac: '02:00:00:00:00:01' },
      'eth0.7': { ipv4: ['10.7.0.5'], ipv6: [], mac: '' },
    });
  });

  it('have them as `ifconfig` tells them, old and new', () => {
    const lines = [
      'eth0: flags=4163<UP>  mtu 1500',
      '        inet 10.0.0.5  netmask 255.255.255.0',
      '        inet6 2001:db8::5  prefixlen 64',
      '',
      'eth1      Link encap:Ethernet',
      '          inet addr:10.1.0.5  Bcast:10.1.0.255',
      '          inet6 addr: FE80::1/64 Scope:Link',
    ];
    expect(interfaces(lines, [])).toEqual({
      eth0: { ipv4: ['10.0.0.5'], ipv6: ['2001:db8::5'], mac: '' },
      eth1: { ipv4: ['10.1.0.5'], ipv6: ['FE80::1'], mac: '' },
    });
  });
});
