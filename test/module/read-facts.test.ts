import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { factsScript, parseFacts } from '../../engine/module/read-facts.ts';

const shells: readonly (readonly string[])[] = [['dash'], ['bash', '--posix'], ['busybox', 'sh']];

function run(shell: readonly string[], script: string) {
  const [command = 'sh', ...options] = shell;
  // A socket as stdin makes bash read ~/.bashrc, as for rsh.
  return spawnSync(command, [...options, '-c', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
}

const facts = (text: string) => parseFacts(Buffer.from(`${text}\n@end\n`), 1000);

describe.each(shells.map((shell) => ({ shell })))('facts under $shell', ({ shell }) => {
  test('this machine answers every section without an error', () => {
    const ran = run(shell, factsScript);
    expect(ran.stderr.toString()).toBe('');
    expect(ran.status).toBe(0);
    const read = parseFacts(ran.stdout, Date.now() / 1000);
    const uname = spawnSync('uname', ['-nrm']).stdout.toString().trim();
    expect(`${read.hostname} ${read.kernel} ${read.arch}`).toBe(uname);
    expect(read.memory).toBeGreaterThan(64 * 1024 * 1024);
    expect(read.cpus).toBeGreaterThanOrEqual(1);
    expect(read.user.uid).toBe(process.getuid?.());
    expect(Math.abs(read.clock.host - read.clock.controller)).toBeLessThan(5);
    expect(read.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(read.interfaces).not.toHaveProperty('lo');
  });

  test('a host without any of the commands still answers', () => {
    const ran = run(shell, `PATH=/nowhere\n${factsScript}`);
    expect(ran.status).toBe(0);
    expect(parseFacts(ran.stdout, 0).packageManager).toBe('none');
  });
});

test('an answer that was cut is refused', () => {
  expect(() => parseFacts(Buffer.from('@uname\nhost 6.1 x86_64\n'), 0)).toThrow(/ended early/);
});

test.each([
  ['ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm', 'debian', 'debian', '12', 'bookworm'],
  ['ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"', 'ubuntu', 'debian', '22.04', ''],
  [
    'ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\nVERSION="7 (Core)"',
    'centos',
    'redhat',
    '7',
    'Core',
  ],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'linuxmint', 'debian', '', ''],
  [
    'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.5"',
    'opensuse-leap',
    'suse',
    '15.5',
    '',
  ],
  ['ID=alpine\nVERSION_ID=3.19.1', 'alpine', 'alpine', '3.19.1', ''],
  ['ID=void', 'void', 'other', '', ''],
  ['\n@redhat\nCentOS Linux release 6.10 (Final)', 'rhel', 'redhat', '6.10', ''],
])('the system of %j is %s of family %s', (release, id, family, version, codename) => {
  expect(facts(`@os\n${release}`).os).toEqual({ id, family, version, codename });
});

test.each([
  ['ID=debian', 'apt-get dnf rpm', 'apt'],
  ['ID=rocky', 'apt-get dnf yum', 'dnf'],
  ['ID=centos', 'yum', 'yum'],
  ['ID=alpine', 'apk', 'apk'],
  ['ID=void', '', 'none'],
])('on %s with %s the package manager is %s', (os, has, expected) => {
  const read = facts(`@os\n${os}\n@has\n${has.replaceAll(' ', '\n')}`);
  expect(read.packageManager).toBe(expected);
});

test('processors are counted from ranges', () => {
  expect(facts('@cpus\n0-3,6,8-9').cpus).toBe(7);
  expect(facts('@cpus').cpus).toBe(1);
});

test('addresses of ip are grouped by interface, link-local ones last, loopback left out', () => {
  const read = facts(`@mac
lo 00:00:00:00:00:00
host0 4a:c6:a6:a3:e6:b9
@addresses
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever
2: host0@if7    inet 10.99.50.11/24 brd 10.99.50.255 scope global host0\\ valid_lft forever
2: host0@if7    inet6 fe80::48c6:a6ff:fea3:e6b9/64 scope link \\       valid_lft forever
2: host0@if7    inet6 2001:db8::5/64 scope global \\       valid_lft forever
@route
10.0.0.0 via 10.99.50.1 dev host0 src 10.99.50.11 uid 0`);
  expect(read.interfaces).toEqual({
    host0: {
      ipv4: ['10.99.50.11'],
      ipv6: ['2001:db8::5', 'fe80::48c6:a6ff:fea3:e6b9'],
      mac: '4a:c6:a6:a3:e6:b9',
    },
  });
  expect(read.defaultIpv4).toEqual({
    interface: 'host0',
    address: '10.99.50.11',
    gateway: '10.99.50.1',
  });
});

test('without ip, ifconfig and /proc/net/route tell the same', () => {
  const read = facts(`@mac
eth0 52:54:00:12:34:56
@addresses
eth0      Link encap:Ethernet  HWaddr 52:54:00:12:34:56
          inet addr:10.0.2.15  Bcast:10.0.2.255  Mask:255.255.255.0
          inet6 addr: fec0::5054:ff:fe12:3456/64 Scope:Site
lo        Link encap:Local Loopback
          inet addr:127.0.0.1  Mask:255.0.0.0
@routes
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask
eth0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0`);
  expect(read.interfaces['eth0']?.ipv4).toEqual(['10.0.2.15']);
  expect(read.defaultIpv4).toEqual({
    interface: 'eth0',
    address: '10.0.2.15',
    gateway: '10.0.2.2',
  });
});
