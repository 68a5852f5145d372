import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { z } from 'zod';
import { freshFile } from '../../../engine/modules/shared/file-result.ts';
import { mount } from '../../../engine/modules/system/mount/index.ts';
import { mount as readMount, type Mount } from '../../../engine/readers/files/mount.ts';
import { shells, TestHost, testModule, type HostOptions } from '../../../engine/testing.ts';
import { folder, valueOf } from '../../readers/asking.ts';
import { holding } from '../edited.ts';
import { planned } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Want = z.input<typeof mount.definition.args>;

const root = { name: 'root', uid: 0 };
const point = freshFile({ type: 'directory', mode: '0755' }, root);
const scratch: Want = {
  path: '/srv/scratch',
  src: 'tmpfs',
  fstype: 'tmpfs',
  options: 'size=64m,noexec',
};
const line = 'tmpfs\t/srv/scratch\ttmpfs\tsize=64m,noexec\t0\t0\n';
const live: Mount = {
  source: 'tmpfs',
  fstype: 'tmpfs',
  options: ['rw', 'noexec', 'relatime', 'size=65536k'],
  wanted: undefined,
  isBound: false,
};
const there = { ...holding(line), point, above: point, mount: live };

testModule(
  mount,
  [
    {
      name: 'what is mounted and in fstab as wanted is the same',
      want: scratch,
      is: there,
      plan: 'same',
    },
    {
      name: 'what is missing is mounted before fstab names it',
      want: scratch,
      is: { ...holding('# boot\n'), above: point },
      differences: [
        { what: '/srv/scratch', to: 'directory' },
        { what: 'mount at /srv/scratch', from: 'absent', to: 'tmpfs (tmpfs)' },
        { what: '/srv/scratch in /etc/fstab', from: 'absent' },
      ],
      script: [
        /play_folder [^]*mount -t tmpfs -o size=64m,noexec -- tmpfs \/srv\/scratch[^]*play_put \/etc\/fstab/,
      ],
      invalidates: {
        paths: ['/srv/scratch', '/srv/scratch', '/etc/fstab'],
        readers: ['mount', 'unit'],
        reads: [],
      },
    },
    {
      name: 'other options are set by a remount',
      want: scratch,
      is: { ...there, mount: { ...live, options: ['ro', 'size=1024k'] } },
      differences: [
        { from: 'ro', to: 'rw' },
        { from: 'without', to: 'noexec' },
        { from: 'size 1048576', to: 'size 67108864' },
      ],
      script: ['mount -o remount,size=64m,noexec -- /srv/scratch'],
    },
    {
      name: 'another file system is replaced',
      want: scratch,
      is: { ...there, mount: { ...live, source: '/dev/sdb1', fstype: 'ext4' } },
      differences: [
        { what: 'mount at /srv/scratch', from: '/dev/sdb1 (ext4)', to: 'tmpfs (tmpfs)' },
      ],
      script: [/umount -- \/srv\/scratch[^]*mount -t tmpfs/],
    },
    {
      name: 'a device is known by where its UUID leads',
      want: { path: '/srv', src: 'UUID=1-2', fstype: 'ext4' },
      is: {
        ...holding('UUID=1-2\t/srv\text4\tdefaults\t0\t0\n'),
        point,
        mount: {
          ...live,
          source: '/dev/sdb1',
          fstype: 'ext4',
          options: ['rw'],
          wanted: '/dev/sdb1',
        },
      },
      plan: 'same',
    },
    {
      name: 'nfs4 is nfs, a slash at the end of an export is none',
      want: { path: '/srv', src: 'server:/export/', fstype: 'nfs' },
      is: {
        ...holding('server:/export/ /srv nfs defaults 0 0\n'),
        point,
        mount: { ...live, source: 'server:/export', fstype: 'nfs4', options: ['rw'] },
      },
      plan: 'same',
    },
    {
      name: 'present is fstab alone',
      want: { ...scratch, state: 'present' },
      is: { ...holding(''), point },
      script: [/^(?![^]*mount -t)/],
    },
    {
      name: 'unmounted leaves fstab',
      want: { path: '/srv/scratch', state: 'unmounted' },
      is: there,
      differences: [{ what: 'mount at /srv/scratch', to: 'absent' }],
    },
    {
      name: 'absent takes both',
      want: { path: '/srv/scratch', state: 'absent' },
      is: there,
      differences: [
        { what: 'mount at /srv/scratch' },
        { what: '/srv/scratch in /etc/fstab', to: 'absent' },
      ],
    },
    {
      name: 'without persist fstab stays',
      want: { ...scratch, persist: false },
      is: { ...there, ...holding('') },
      plan: 'same',
    },
    {
      name: 'a file is nothing to mount on',
      want: scratch,
      is: { ...holding(''), point: { ...point, type: 'file' } },
      fails: /is a file, not a folder/,
    },
    {
      name: 'two entries are told',
      want: scratch,
      is: { ...there, ...holding(line + line) },
      fails: /on lines 1, 2/,
    },
    { name: 'mounted needs a source', want: { path: '/srv' }, fails: /needs src and fstype/ },
    {
      name: 'the root is never unmounted',
      want: { path: '//', state: 'absent' },
      fails: /cannot be unmounted/,
    },
    {
      name: 'swap is another module',
      want: { path: '/x', src: '/dev/sdb2', fstype: 'swap' },
      fails: /module swap/,
    },
  ],
  test,
);

/** What fstab holds afterwards; undefined where it is right. */
function fstabAfter(before: string, want: Want): string | undefined {
  const is = { ...holding(before), point, above: point, mount: undefined };
  const plan = planned(mount, { ...want, state: want.state ?? 'present' }, is);
  if (plan.plan !== 'change') return undefined;
  const text = plan.after.find(({ read }) => read.reader.name === 'text')?.answer;
  return text?.answer === 'value' ? (text.value as { bytes: Buffer }).bytes.toString() : undefined;
}

test('only the own line of fstab changes, and of that only what differs; blanks in a path are octal', () => {
  const before =
    '# boot\nUUID=1 / ext4 defaults 0 1\n/dev/sdb1  /srv/a\\040b  ext4  defaults   # why\n/dev/sr0 /cd iso9660 ro 0 0';
  const want: Want = {
    path: '/srv/a b',
    src: '/dev/sdb2',
    fstype: 'ext4',
    options: ['noatime', 'nofail'],
    pass: 2,
  };
  expect(fstabAfter(before, want)).toBe(
    before.replace(/\/dev\/sdb1.*defaults/, '/dev/sdb2  /srv/a\\040b  ext4  noatime,nofail  0  2'),
  );
});

const nas: Want = { path: '/srv/nfs', src: 'nas:/e', fstype: 'nfs4', options: 'rw' };

test('a slash at the end of a mount point makes no other one', () => {
  const table = 'nas:/e /srv/nfs/ nfs4 rw 0 0\n';
  expect(fstabAfter(table, nas)).toBeUndefined();
  expect(fstabAfter(table, { ...nas, options: 'ro' })).toBe('nas:/e /srv/nfs/ nfs4 ro 0 0\n');
  expect(fstabAfter(table, { path: '/srv/nfs', state: 'absent' })).toBe('');
});

test('options in another order are the same, but where one is given twice', () => {
  expect(fstabAfter('nas:/e /srv/nfs nfs4 rw,nofail\n', { ...nas, options: 'nofail,rw' })).toBe(
    undefined,
  );
  expect(fstabAfter('nas:/e /srv/nfs nfs4 ro,rw 0 0\n', { ...nas, options: 'rw,ro' })).toBe(
    'nas:/e /srv/nfs nfs4 rw,ro 0 0\n',
  );
});

test('a mount point that fstab names twice is refused with both lines', () => {
  const table = 'nas:/e /srv/nfs nfs4 rw 0 0\n# x\nnas:/f /srv/nfs/ nfs4 rw 0 0\n';
  expect(() => fstabAfter(table, nas)).toThrow('fstab names /srv/nfs on lines 1, 3');
});

/** A mount namespace of the test's own. */
async function ownMounts(options: HostOptions): Promise<HostOptions> {
  const holder = spawn('unshare', [
    '-m',
    '--propagation',
    'private',
    'sh',
    '-c',
    'echo up; exec sleep 120',
  ]);
  onTestFinished(() => void holder.kill('SIGKILL'));
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  return { ...options, wrap: ['nsenter', '-t', String(holder.pid), '-m'] };
}

describe.each(shells)('real mounts under %s', (shell) => {
  test('mount, remount, bind, unmount: each once', async () => {
    const options = await ownMounts({ shell });
    const at = folder();
    const [path, fstab] = [`${at}/a b`, `${at}/fstab`];
    writeFileSync(fstab, '# boot\n');
    const host = new TestHost(options);
    const apply = async (want: Omit<Want, 'fstab'>) =>
      (await host.apply(mount, { ...want, fstab })).changed;
    const tmpfs: Want = { path, src: 'tmpfs', fstype: 'tmpfs', options: ['size=1m', 'nosuid'] };
    expect([await apply(tmpfs), await apply(tmpfs)]).toEqual([true, false]);
    expect(await valueOf(readMount({ path, source: 'tmpfs' }), options)).toMatchObject({
      fstype: 'tmpfs',
    });
    const closed: Want = { ...tmpfs, options: ['size=2m', 'nosuid', 'ro'] };
    expect([await apply(closed), await apply(closed)]).toEqual([true, false]);
    expect(readFileSync(fstab, 'utf8')).toBe(
      `# boot\ntmpfs\t${at}/a\\040b\ttmpfs\tsize=2m,nosuid,ro\t0\t0\n`,
    );
    mkdirSync(`${at}/source`);
    const bind: Want = {
      path: `${at}/bound`,
      src: `${at}/source`,
      fstype: 'none',
      options: 'bind',
    };
    expect([await apply(bind), await apply(bind)]).toEqual([true, false]);
    const gone: Want = { path, state: 'absent' };
    expect([await apply(gone), await apply(gone)]).toEqual([true, false]);
    expect(await apply({ path: `${at}/bound`, state: 'unmounted' })).toBe(true);
    expect(readFileSync(fstab, 'utf8')).toBe(
      `# boot\n${at}/source\t${at}/bound\tnone\tbind\t0\t0\n`,
    );
  });
});

test('what cannot be mounted is told, and fstab stays as it is', async () => {
  const options = await ownMounts({ shell: 'dash' });
  const at = folder();
  writeFileSync(`${at}/fstab`, '');
  const want: Want = { path: `${at}/x`, src: '/dev/none', fstype: 'ext4', fstab: `${at}/fstab` };
  await expect(new TestHost(options).apply(mount, want)).rejects.toThrow(`cannot mount ${at}/x`);
  expect(readFileSync(`${at}/fstab`, 'utf8')).toBe('');
});
