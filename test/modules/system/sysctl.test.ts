import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { sysctl } from '../../../engine/modules/system/sysctl/index.ts';
import { freshFile } from '../../../engine/modules/shared/file-result.ts';
import { textValue } from '../../../engine/readers/files/text.ts';
import type { FileValue } from '../../../engine/readers/files/file.ts';
import { sysctl as readSysctl } from '../../../engine/readers/system/sysctl.ts';
import { runScript, shells, testModule } from '../../../engine/testing.ts';
import { isChange, planned } from '../planning.ts';

const root = { name: 'root', uid: 0, home: '/root' };
const folder: FileValue = freshFile({ type: 'directory', mode: '0755' }, root);
/** A file with this content, in a folder that is there. */
const holds = (content: string | undefined) =>
  content === undefined
    ? { parent: folder }
    : {
        parent: folder,
        file: freshFile({ type: 'file', mode: '0644' }, root),
        text: textValue(Buffer.from(content)),
      };
/** All reads. */
const now = (content: string | undefined, live?: string) => ({
  file: undefined,
  text: undefined,
  settings: [],
  live,
  ...holds(content),
});
const own = '/etc/sysctl.d/99-tsplay.conf';

/** The file's content as predicted. */
function writes(
  content: string | undefined,
  args: z.input<typeof sysctl.definition.args>,
  live?: string,
) {
  const plan = planned(sysctl, args, now(content, live));
  if (plan.plan === 'same') return 'same';
  const texts = isChange(plan).after.filter(({ read }) => read.reader.name === 'text');
  const answer = texts[0]?.answer;
  if (answer?.answer !== 'value') return 'nothing';
  return (answer.value as { bytes: Buffer }).bytes.toString();
}

describe('the file', () => {
  const key = 'vm.swappiness';
  test.each([
    ['a new one gets the line', undefined, { key, value: 10 }, 'vm.swappiness = 10\n'],
    [
      'a line is added at the end',
      '# mine\nkernel.x=1',
      { key, value: 10 },
      '# mine\nkernel.x=1\nvm.swappiness = 10\n',
    ],
    [
      'only the own line changes, twice-set others and their blanks stay',
      'net.core.somaxconn=100\n  vm.swappiness   =  60  \nnet.core.somaxconn =4096\n',
      { key, value: 10 },
      'net.core.somaxconn=100\n  vm.swappiness   =  10  \nnet.core.somaxconn =4096\n',
    ],
    [
      'of two own lines the last one counts',
      'vm.swappiness=10\nvm.swappiness=60\n',
      { key, value: 10 },
      'vm.swappiness=10\nvm.swappiness=10\n',
    ],
    [
      'tabs and blanks are the same',
      'net.ipv4.tcp_rmem = 4096\t87380 6291456\n',
      { key: 'net.ipv4.tcp_rmem', value: '4096 87380 6291456' },
      'same',
    ],
    ['yes is yes', undefined, { key, value: 'yes' }, 'vm.swappiness = yes\n'],
    ['true is 1', undefined, { key, value: true }, 'vm.swappiness = 1\n'],
    ['false is 0', undefined, { key, value: false }, 'vm.swappiness = 0\n'],
    ['"true" is true', undefined, { key, value: 'true' }, 'vm.swappiness = true\n'],
    ['an empty value is removed', 'a.b=1\nvm.swappiness=\n', { key, state: 'absent' }, 'a.b=1\n'],
    [
      'a line that ignores errors is removed',
      '-vm.swappiness = 1\na.b=1\n',
      { key, state: 'absent' },
      'a.b=1\n',
    ],
    ['so is an exclusion', '-vm.swappiness\na.b=1\n', { key, state: 'absent' }, 'a.b=1\n'],
    [
      'every own line is removed',
      'vm.swappiness=1\nvm/swappiness=2\n',
      { key, state: 'absent' },
      '',
    ],
    [
      'comments are no settings',
      '#vm.swappiness=1\n; vm.swappiness=2\n',
      { key, state: 'absent' },
      'same',
    ],
    ['slashes are dots', 'vm/swappiness=10\n', { key, value: 10 }, 'same'],
    ['a prefix is another parameter', 'vm.swappiness_x=10\n', { key, state: 'absent' }, 'same'],
    [
      'CRLF stays CRLF',
      'a.b=1\r\nvm.swappiness=60\r\n',
      { key, value: 10 },
      'a.b=1\r\nvm.swappiness=10\r\n',
    ],
    [
      'a value that is an error to the shell is text',
      undefined,
      { key: 'kernel.core_pattern', value: "|/bin/x '%p' $HOME" },
      "kernel.core_pattern = |/bin/x '%p' $HOME\n",
    ],
  ] as const)('%s', (_, content, args, expected) => {
    expect(writes(content, { ...args, reload: false })).toBe(expected);
  });

  testModule(
    sysctl,
    [
      {
        name: 'a missing folder is named',
        want: { key: 'a.b', value: 1, reload: false, file: '/nowhere/x.conf' },
        is: { settings: [] },
        fails: /folder \/nowhere is missing/,
      },
      {
        name: 'another value is told, from and to',
        want: { key: 'a.b', value: 2, reload: false },
        is: { ...holds('a.b = 1\n'), settings: [] },
        differences: [{ what: `a.b in ${own}`, from: '1', to: '2' }],
        result: { key: 'a.b', value: '' },
      },
      {
        name: 'a new value is told',
        want: { key: 'a.b', value: 2, reload: false },
        is: { ...holds(''), settings: [] },
        differences: [{ what: `a.b in ${own}`, from: 'absent', to: '2' }],
      },
      {
        name: 'one that goes is told, and what the kernel has stays',
        want: { key: 'a.b', state: 'absent' },
        is: {
          ...holds('a.b = 1\n'),
          settings: [{ path: '/etc/sysctl.conf', name: 'a.b', value: '9' }],
          live: '1',
        },
        differences: [{ what: `a.b in ${own}`, from: '1', to: 'absent' }],
        result: { key: 'a.b', value: '1' },
      },
      {
        name: 'absent from a file that is not there is the same',
        want: { key: 'a.b', state: 'absent' },
        is: { parent: folder, settings: [] },
        plan: 'same',
      },
    ],
    test,
  );
});

describe('the kernel', () => {
  const args = { key: 'net.ipv4.ip_forward', value: 1 };
  const right = now('net.ipv4.ip_forward = 1\n');
  testModule(
    sysctl,
    [
      {
        name: 'that has the value is the same',
        want: args,
        is: { ...right, live: '1' },
        plan: 'same',
        result: { key: 'net.ipv4.ip_forward', value: '1' },
      },
      {
        name: 'that has another one is set',
        want: args,
        is: { ...right, live: '0' },
        differences: [{ what: 'net.ipv4.ip_forward in the kernel', from: '0', to: '1' }],
        script: ['/proc/sys/net/ipv4/ip_forward'],
        invalidates: { readers: ['sysctl'] },
      },
      {
        name: 'with tabs has the same value',
        want: { key: 'net.ipv4.tcp_rmem', value: '1 2 3' },
        is: { ...holds('net.ipv4.tcp_rmem = 1 2 3\n'), settings: [], live: '1\t2\t3' },
        plan: 'same',
      },
      {
        name: 'without the parameter is an error that names the kernel',
        want: { key: 'net.ipv4.tcp_tw_recycle', value: 1 },
        is: now(''),
        fails: /the kernel 6\.1\.0 has no net\.ipv4\.tcp_tw_recycle here/,
      },
    ],
    test,
  );

  test('says since when a parameter is gone, and which module brings one', () => {
    const hint = (key: string) => {
      try {
        planned(sysctl, { key, value: 1 }, now(''));
      } catch (error) {
        return String((error as { hint?: string }).hint);
      }
      return '';
    };
    expect(hint('net.ipv4.tcp_tw_recycle')).toContain('4.12');
    expect(hint('kernel.sched_migration_cost_ns')).toContain('5.13');
    expect(hint('net.bridge.bridge-nf-call-iptables')).toContain('br_netfilter');
  });

  test('may lack it where asked: then the file has it, with a note', () => {
    const want = { key: 'net.ipv4.tcp_tw_recycle', value: 1, ignoreMissing: true };
    const plan = isChange(planned(sysctl, want, now(undefined)));
    expect(plan.notes?.[0]).toContain('has no net.ipv4.tcp_tw_recycle');
    expect(scriptOf(plan).text).not.toContain('/proc/sys');
  });

  test('forwarding is predicted under both its names', () => {
    const plan = isChange(planned(sysctl, args, { ...right, live: '0' }, { check: true }));
    const ids = plan.after.map(({ read }) => read.id);
    expect(ids).toContain(readSysctl('net.ipv4.conf.all.forwarding').id);
    expect(plan.invalidates).toEqual({});
  });

  test.each(shells)('says why it refuses a value, under %s', async (shell) => {
    const want = { key: 'net.ipv4.tcp_keepalive_time', value: 'not a number' };
    const is = now('net.ipv4.tcp_keepalive_time = not a number\n', '0');
    const plan = isChange(planned(sysctl, want, is));
    const { code, stderr } = await runScript(scriptOf(plan), { shell });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'the kernel did not take not a number for net.ipv4.tcp_keepalive_time',
    );
    expect(stderr).toContain('Invalid argument');
  });
});

describe('files that are read later', () => {
  const note = (settings: readonly { path: string; name: string; value: string }[]) => {
    const is = { ...now('vm.swappiness = 10\n', '10'), settings };
    return planned(sysctl, { key: 'vm.swappiness', value: 10 }, is).notes?.[0];
  };
  const mine = { path: own, name: 'vm.swappiness', value: '10' };
  const other = { path: '/etc/sysctl.conf', name: 'vm.swappiness', value: '60' };

  test('and say something else are named', () => {
    expect(note([mine, other])).toMatch(/at boot \/etc\/sysctl\.conf.*sets vm\.swappiness to 60/);
  });

  test('and say the same, or are read earlier, are not', () => {
    expect(note([mine, { ...other, value: '10' }])).toBeUndefined();
    expect(note([{ ...other, path: '/etc/sysctl.d/10-x.conf' }, mine])).toBeUndefined();
  });

  test.each([
    ['/etc/sysctl.conf', own, true],
    ['/etc/sysctl.d/99-tt.conf', own, true],
    ['/usr/lib/sysctl.d/zz.conf', own, true],
    ['/etc/sysctl.d/10-x.conf', own, false],
    ['/usr/lib/sysctl.d/99-a.conf', own, false],
    ['/usr/lib/sysctl.d/99-tsplay.conf', own, false],
    ['/etc/sysctl.d/zz.conf', '/etc/sysctl.conf', false],
  ])(
    'are told by their names while our own is not there: %s behind %s: %s',
    (path, file, later) => {
      const is = { ...now('a.b = 1\n', '1'), settings: [{ path, name: 'a.b', value: '2' }] };
      const { notes = [] } = planned(sysctl, { key: 'a.b', value: 1, file }, is);
      expect(notes).toHaveLength(later ? 1 : 0);
    },
  );

  test('are told with a change too', () => {
    const change = (settings: readonly (typeof other)[]) =>
      isChange(
        planned(sysctl, { key: 'vm.swappiness', value: 10 }, { ...now('', '10'), settings }),
      );
    expect(change([other]).notes).toHaveLength(1);
    expect(change([])).not.toHaveProperty('notes');
  });
});

test.each([
  [{ key: 'a.b' }, /needs value/],
  [{ key: 'a.b', value: 1, state: 'absent' as const }, /takes no value/],
])('%j is a mistake', (args, expected) => {
  expect(sysctl.definition.mistakes?.(sysctl.definition.args.parse(args))[0]).toMatch(expected);
});

test.each([
  { key: '../../etc/passwd', value: 1 },
  { key: 'a b', value: 1 },
  { key: 'a', value: 'x\ny' },
])('%j is refused', (args) => {
  expect(sysctl.definition.args.safeParse(args).success).toBe(false);
});
