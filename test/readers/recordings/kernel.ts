/** What the kernel shows in /proc and /sys, and the files that it is set up from. */
import { absent } from '../../../engine/module/reader.ts';
import { bootId } from '../../../engine/readers/system/boot-id.ts';
import { hostname } from '../../../engine/readers/system/hostname.ts';
import { kernelModule, moduleLines } from '../../../engine/readers/system/kernel-module.ts';
import { locales } from '../../../engine/readers/system/locales.ts';
import { mount } from '../../../engine/readers/files/mount.ts';
import { sysctl, sysctlSettings } from '../../../engine/readers/system/sysctl.ts';
import { timezone } from '../../../engine/readers/system/timezone.ts';
import { denied, is, recording, type Recording, type System } from './recording.ts';

const settings = `rm -f /etc/sysctl.d/* /run/sysctl.d/*; mkdir -p /run/sysctl.d
printf '# note\\nnet.ipv4.ip_forward = 1\\n-net.ipv4.nope=2\\n ; other\\nnet/ipv4/conf/eth0.100/forwarding=1\\n' >/etc/sysctl.d/10-own.conf
printf 'net.ipv4.ip_forward=0\\n' >/run/sysctl.d/10-own.conf
printf 'net.ipv4.tcp_rmem = 4096\\t87380  6291456 \\n' >/etc/sysctl.d/90-late.conf
printf 'net.ipv4.ip_forward=1' >/etc/sysctl.conf
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.ip_local_port_range='20000 30000'`;

const mounts = `umount -q /srv/a\\ b /srv/bound || :; mkdir -p /srv/a\\ b /srv/bound /srv/source
mount -t tmpfs -o size=1m,noexec,mode=0700 'my tmp' /srv/a\\ b
mount --bind /srv/source /srv/bound; mount -o remount,bind,ro /srv/bound`;

const asRoot = (on: System, version: string): readonly Recording[] => [
  recording({ on, version, prepare: settings }, [
    [sysctl('net.ipv4.ip_forward'), is('1')],
    [sysctl('net/ipv4/ip_local_port_range'), is('20000\t30000')],
    [sysctl('net.ipv4.nope'), absent],
  ]),
  recording({ on, version }, [
    [
      sysctlSettings('all'),
      is([
        { path: '/etc/sysctl.d/10-own.conf', name: 'net.ipv4.ip_forward', value: '1' },
        { path: '/etc/sysctl.d/10-own.conf', name: 'net.ipv4.nope', value: '2' },
        {
          path: '/etc/sysctl.d/10-own.conf',
          name: 'net.ipv4.conf.eth0/100.forwarding',
          value: '1',
        },
        { path: '/usr/lib/sysctl.d/50-pid-max.conf', name: 'kernel.pid_max', value: '4194304' },
        {
          path: '/etc/sysctl.d/90-late.conf',
          name: 'net.ipv4.tcp_rmem',
          value: '4096\t87380  6291456',
        },
        ...['fifos 1', 'hardlinks 1', 'regular 2', 'symlinks 1'].map((each) => ({
          path: '/usr/lib/sysctl.d/99-protect-links.conf',
          name: `fs.protected_${each.split(' ')[0]}`,
          value: each.split(' ')[1],
        })),
        { path: '/etc/sysctl.conf', name: 'net.ipv4.ip_forward', value: '1' },
      ]),
    ],
  ]),
  recording({ on, version, prepare: mounts }, [
    [
      mount({ path: '/srv/a b', source: 'my tmp' }),
      is({ source: 'my tmp', fstype: 'tmpfs', wanted: undefined, isBound: false }),
    ],
    [
      mount({ path: '/srv/bound', source: '/srv/source' }),
      is({ wanted: '/srv/source', isBound: true }),
    ],
    [mount({ path: '/srv/source', source: undefined }), absent],
    [mount({ path: '/proc', source: 'proc' }), is({ fstype: 'proc', source: 'proc' })],
  ]),
  recording({ on, version }, [
    [kernelModule('nf-conntrack'), is({ name: 'nf_conntrack', state: 'built in' })],
    [kernelModule('overlay'), is({ name: 'overlay', state: 'built in' })],
    [kernelModule('no_such_module'), absent],
  ]),
  recording(
    {
      on,
      version,
      prepare: `printf '# note\\nbr_netfilter\\n' >/etc/modules-load.d/own.conf
printf 'options loop max_loop=8\\n  blacklist pcspkr\\n' >/etc/modprobe.d/own.conf
printf 'dummy' >/etc/modules; rm -f /etc/modules-load.d/modules.conf`,
    },
    [
      [
        moduleLines('all'),
        is([
          { path: '/etc/modules-load.d/own.conf', text: 'br_netfilter' },
          { path: '/etc/modules', text: 'dummy' },
          { path: '/etc/modprobe.d/own.conf', text: 'options loop max_loop=8' },
          { path: '/etc/modprobe.d/own.conf', text: '  blacklist pcspkr' },
        ]),
      ],
    ],
  ),
  recording({ on, version }, [[hostname(), is('record1')]]),
  recording(
    {
      on,
      version,
      packages: ['tzdata'],
      prepare:
        'ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime; echo Etc/UTC >/etc/timezone',
    },
    [
      [timezone('Europe/Berlin'), is({ zone: 'Europe/Berlin', file: 'Etc/UTC' })],
      [timezone('UTC'), is({ zone: 'Europe/Berlin' })],
      [timezone('Nowhere/Land'), absent],
    ],
  ),
];

export const kernel: readonly Recording[] = [
  ...asRoot('debian-12', 'uname -sr; grep --version'),
  ...asRoot('debian-12-busybox', 'uname -sr; busybox'),
  recording({ on: 'debian-12', version: 'uname -sr' }, [
    [bootId(null), is(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)],
  ]),
  recording(
    {
      on: 'debian-12',
      version: 'locale --version',
      packages: ['locales'],
      prepare: `sed -i 's/^# *\\(de_DE.UTF-8\\)/\\1/' /etc/locale.gen; locale-gen >/dev/null`,
    },
    [[locales('all'), is(['C', 'C.utf8', 'POSIX', 'de_DE.utf8'])]],
  ),
  recording({ on: 'debian-12-busybox', version: 'busybox' }, [
    [locales('all'), denied('this host has no locales')],
  ]),
];
