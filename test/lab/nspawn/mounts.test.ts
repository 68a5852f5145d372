import { describe, expect, test } from 'vitest';
import { hierarchies } from '../../../lab/nspawn/cgroup.ts';
import { parseMounts } from '../../../lab/nspawn/mounts.ts';

const versionOne = `24 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
30 24 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
32 30 0:28 / /sys/fs/cgroup/memory rw,relatime shared:5 - cgroup cgroup rw,memory
33 30 0:29 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
34 30 0:30 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
35 24 0:31 / /srv/jail/sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
`;
const versionTwo = `24 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate
`;

describe('parseMounts', () => {
  test('path, type and options are read, optional fields or none', () => {
    expect(parseMounts(versionOne)[3]).toEqual({
      path: '/sys/fs/cgroup/memory',
      type: 'cgroup',
      options: ['rw', 'memory'],
    });
  });

  test('blanks in a path are not lost', () => {
    const [mount] = parseMounts('9 1 0:5 / /srv/my\\040disk rw - ext4 /dev/vdb rw\n');
    expect(mount?.path).toBe('/srv/my disk');
  });
});

describe('hierarchies', () => {
  test('with version 1, every controller and the two that systemd uses', () => {
    expect(hierarchies(parseMounts(versionOne))).toEqual([
      '/sys/fs/cgroup/cpu,cpuacct',
      '/sys/fs/cgroup/memory',
      '/sys/fs/cgroup/systemd',
      '/sys/fs/cgroup/unified',
    ]);
  });

  test('with version 2, the only one', () => {
    expect(hierarchies(parseMounts(versionTwo))).toEqual(['/sys/fs/cgroup']);
  });
});
