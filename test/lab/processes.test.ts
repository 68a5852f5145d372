import { expect, test } from 'vitest';
import { parseProcesses } from '../../lab/processes.ts';

test('rows of ps become processes, without the ps that was asked', () => {
  const text = `    1     0 root     /usr/lib/systemd/systemd
   73     1 root     sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups
   80     1 systemd+ /lib/systemd/systemd-networkd
  104     0 root     ps -e -o pid=,ppid=,user=,args=
`;
  expect(parseProcesses(text)).toEqual([
    { pid: 1, parent: 0, user: 'root', command: '/usr/lib/systemd/systemd' },
    {
      pid: 73,
      parent: 1,
      user: 'root',
      command: 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups',
    },
    { pid: 80, parent: 1, user: 'systemd+', command: '/lib/systemd/systemd-networkd' },
  ]);
});

test('nothing becomes nothing', () => {
  expect(parseProcesses('\n')).toEqual([]);
});
