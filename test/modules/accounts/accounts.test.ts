import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { group } from '../../../engine/modules/accounts/group.ts';
import { user } from '../../../engine/modules/accounts/user/index.ts';
import { userNamed, type UserAccount } from '../../../engine/readers/accounts/account.ts';
import { becoming } from '../../../engine/module/becoming.ts';
import { home } from '../../../engine/readers/accounts/home.ts';
import { groupId, userId } from '../../../engine/readers/accounts/account-id.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import type { Script } from '../../../engine/shell/script.ts';
import {
  runScript,
  shells,
  TestHost,
  testModule,
  type ShellName,
} from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { isChange, planned } from '../planning.ts';

const account: UserAccount = {
  name: 'jo',
  uid: 1000,
  gid: 1000,
  group: 'jo',
  groups: [],
  comment: '',
  home: '/home/jo',
  homeExists: true,
  shell: '/bin/sh',
  password: { readable: true, locked: false, digest: 'x' },
};
const hash = secret(`$6$salt$${'a'.repeat(86)}`);
const other = secret(`$6$salt$${'b'.repeat(86)}`);

/** A host whose accounts and homes are copies in a folder, seen in a mount namespace. */
function host(shell: ShellName) {
  const root = folder();
  for (const part of ['etc', 'home', 'mail', 'srv']) mkdirSync(`${root}/${part}`);
  const kept = ['passwd', 'group', 'shadow', 'gshadow', 'login.defs', 'default', 'pam.d', 'skel'];
  const more = ['security', 'nsswitch.conf', 'ld.so.cache', 'subuid', 'subgid'];
  const there = [...kept, ...more].map((name) => `/etc/${name}`).filter((path) => existsSync(path));
  execFileSync('cp', ['-a', ...there, `${root}/etc`]);
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const mounts = ['etc', 'home', 'srv']
    .map((part) => `/bin/mount --bind ${root}/${part} /${part}`)
    .join(' && ');
  const wrap = ['unshare', '-m', '/bin/sh', '-c', `${mounts} && exec "$@"`, 'sh'];
  const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
  const write = (path: string, text: string) => writeFileSync(`${root}${path}`, text);
  return { host: new TestHost({ shell, wrap }), read, write };
}

describe.each(['dash', 'bash'] as const)('accounts under %s', { timeout: 60_000 }, (shell) => {
  test('a user comes into being once, with groups and a password', async () => {
    const { host: it, read } = host(shell);
    await it.apply(group, { name: 'team', gid: 3000 });
    const want = {
      name: 'jo',
      uid: 3100,
      groups: ['team'],
      comment: "Jo O'Neil",
      shell: '/bin/sh',
      password: hash,
    };
    const first = await it.apply(user, want);
    expect(first.changed).toBe(true);
    expect(first.result).toMatchObject({ uid: 3100, group: 'jo', groups: ['team'] });
    expect(read('/etc/passwd')).toContain("Jo O'Neil");
    expect(read('/etc/shadow')).toContain(`jo:$6$salt$${'a'.repeat(86)}:`);
    expect((await it.apply(user, want)).changed).toBe(false);
    expect((await it.apply(group, { name: 'team', gid: 3000 })).changed).toBe(false);
  });

  test('groups are exactly those listed, or those besides', async () => {
    const { host: it } = host(shell);
    for (const name of ['one', 'two']) await it.apply(group, { name });
    await it.apply(user, { name: 'jo', groups: ['one'] });
    const added = await it.apply(user, { name: 'jo', groups: ['two'], append: true });
    expect(added.result.groups).toEqual(['one', 'two']);
    const exact = await it.apply(user, { name: 'jo', groups: ['two'] });
    expect(exact.result.groups).toEqual(['two']);
    expect((await it.apply(user, { name: 'jo', groups: ['two'] })).changed).toBe(false);
  });

  test('a password is locked, unlocked and replaced, and stays locked when replaced', async () => {
    const { host: it, read } = host(shell);
    await it.apply(user, { name: 'jo', password: hash });
    await it.apply(user, { name: 'jo', locked: true });
    expect(read('/etc/shadow')).toContain('jo:!$6$');
    await it.apply(user, { name: 'jo', password: other });
    expect(read('/etc/shadow')).toContain(`jo:!$6$salt$${'b'.repeat(86)}`);
    await it.apply(user, { name: 'jo', locked: false });
    expect(read('/etc/shadow')).toContain(`jo:$6$salt$${'b'.repeat(86)}`);
    const kept = await it.apply(user, { name: 'jo', password: hash, updatePassword: 'onCreate' });
    expect(kept.changed).toBe(false);
  });

  test('a missing home is made from the skeleton', async () => {
    const { host: it, read, write } = host(shell);
    write('/etc/skel/.mine', 'hello');
    await it.apply(user, { name: 'jo', createHome: false });
    const made = await it.apply(user, { name: 'jo', createHome: true });
    expect(made.changed).toBe(true);
    expect(read('/home/jo/.mine')).toBe('hello');
    expect((await it.apply(user, { name: 'jo', createHome: true })).changed).toBe(false);
  });

  test('a user goes, and is gone', async () => {
    const { host: it, read } = host(shell);
    await it.apply(user, { name: 'jo' });
    await it.apply(user, { name: 'jo', state: 'absent', remove: true });
    expect(read('/etc/passwd')).not.toContain('jo:');
    expect(() => read('/home/jo')).toThrow(/ENOENT/);
    expect((await it.apply(user, { name: 'jo', state: 'absent' })).changed).toBe(false);
  });

  test('fields of a user change', async () => {
    const { host: it } = host(shell);
    await it.apply(user, { name: 'jo' });
    const want = { name: 'jo', shell: '/bin/bash', home: '/srv/jo', moveHome: true };
    const moved = await it.apply(user, want);
    expect(moved.result).toMatchObject({ shell: '/bin/bash', home: '/srv/jo' });
    expect((await it.apply(user, want)).changed).toBe(false);
  });
});

describe("where there are only busybox's commands", () => {
  /** Writes down what it was called with: Debian builds busybox without these. */
  const standIns = ['adduser', 'addgroup', 'delgroup', 'deluser', 'passwd', 'chpasswd']
    .map((name) => `${name}() { printf '%s\n' "${name} $*"; }`)
    .join('\n');
  const called = async (script: Script) => {
    const text = `${standIns}\n${script.text}`;
    const { code, stdout, stderr } = await runScript({ ...script, text }, { shell: 'busybox' });
    return code === 0 ? stdout.toString().trim().split('\n') : [stderr.trim()];
  };
  const none = { user: undefined, group: undefined };
  const jo = { ...account, groups: ['old'] };

  test.each([
    [
      { name: 'jo', uid: 7, groups: ['a', 'b'], shell: '/bin/sh' },
      none,
      ['adduser -D -u 7 -s /bin/sh jo', 'addgroup jo a', 'addgroup jo b'],
    ],
    [{ name: 'svc', system: true, home: '/x' }, none, ['adduser -D -h /x -S -H svc']],
    [
      { name: 'jo', groups: ['new'] },
      { user: jo, group: undefined },
      ['addgroup jo new', 'delgroup jo old'],
    ],
    [{ name: 'jo', locked: true }, { user: jo, group: undefined }, ['passwd -l jo']],
    [
      { name: 'jo', state: 'absent' as const, remove: true },
      { user: jo, group: undefined },
      ['deluser --remove-home jo'],
    ],
    [
      { name: 'jo', shell: '/bin/x' },
      { user: jo, group: undefined },
      ['usermod is missing: install the package shadow to change jo'],
    ],
  ])('%j', async (args, is, calls) => {
    expect(await called(scriptOf(isChange(planned(user, args, is))))).toEqual(calls);
  });

  test('groups', async () => {
    const made = isChange(
      planned(group, { name: 'g', gid: 5, system: true }, { group: undefined }),
    );
    expect(await called(scriptOf(made))).toEqual(['addgroup -g 5 -S g']);
    const now = { group: { name: 'g', gid: 5, members: [] } };
    const gone = isChange(planned(group, { name: 'g', state: 'absent' }, now));
    expect(await called(scriptOf(gone))).toEqual(['delgroup g']);
  });

  test.each(shells)('accounts are read without getent too, under %s', async (shell) => {
    const read = userNamed('root');
    const script = read.reader.script([read.key], 'm').replaceAll('command -v getent', 'false');
    const output = await runScript(script, { shell });
    const answers = read.reader.parse(output, [read.key], 'm');
    expect(answers).toMatchObject([{ value: { uid: 0, group: 'root', home: '/root' } }]);
  });
});

describe('plans', () => {
  const jo = account;
  testModule(
    user,
    [
      {
        name: 'a user that is there is enough',
        want: { name: 'jo' },
        is: { user: jo },
        plan: 'same',
      },
      {
        name: 'a system user needs no home',
        want: { name: 'svc', system: true },
        script: ['useradd -r -M svc'],
      },
      {
        name: 'a group of the name is the primary one',
        want: { name: 'jo' },
        is: { group: { name: 'jo', gid: 5, members: [] } },
        script: ['useradd -g jo'],
      },
      {
        name: 'the primary group is not listed again',
        want: { name: 'jo', groups: ['jo'] },
        is: { user: jo },
        plan: 'same',
      },
      {
        name: 'a hash never stands in an argument',
        want: { name: 'jo', password: hash },
        is: { user: jo },
        differences: [{ what: 'password', from: '***', to: '***' }],
        script: [/^printf '%s\n' '[^']*' \| chpasswd -e/],
      },
      {
        name: 'a password that cannot be read says so',
        want: { name: 'jo', password: hash },
        is: { user: { ...jo, password: { readable: false } } },
        fails: /cannot be read/,
      },
      {
        name: 'nor can its lock',
        want: { name: 'jo', locked: true },
        is: { user: { ...jo, password: { readable: false } } },
        fails: /cannot be read/,
      },
    ],
    test,
  );

  test('a new user is predicted with its own group', () => {
    const plan = isChange(
      planned(user, { name: 'jo', uid: 7 }, { user: undefined, group: undefined }, { check: true }),
    );
    expect(plan.after.map(({ read }) => read.id)).toEqual([
      userNamed('jo').id,
      becoming('jo').id,
      home({ user: 'jo' }).id,
      userId('jo').id,
      userId(7).id,
      'account {"kind":"group","name":"jo"}',
      groupId('jo').id,
    ]);
    expect(plan.invalidates).toEqual({
      paths: ['/home/jo'],
      reads: [home({ user: 'jo' }), becoming('jo')],
    });
  });

  test('whether its group goes with a user, nobody can tell', () => {
    const is = { user: jo, group: { name: 'jo', gid: 1000, members: [] } };
    const plan = isChange(planned(user, { name: 'jo', state: 'absent' }, is));
    expect(plan.after.map(({ read, answer }) => `${read.id} ${answer.answer}`)).toEqual([
      `${userNamed('jo').id} absent`,
      `${home({ user: 'jo' }).id} absent`,
      `${becoming('jo').id} absent`,
      `${userId('jo').id} absent`,
      `${userId(jo.uid).id} absent`,
      'account {"kind":"group","name":"jo"} unknown',
      `${groupId('jo').id} unknown`,
    ]);
  });
});

test('a password in plain text is refused', () => {
  expect(user.definition.args.safeParse({ name: 'jo', password: secret('hunter2') }).success).toBe(
    false,
  );
  expect(user.definition.args.safeParse({ name: 'jo', password: 'x' }).success).toBe(false);
});

test.each(['1000', '-x', 'a:b', 'a b', ''])('%j is no account name', (name) => {
  expect(user.definition.args.safeParse({ name }).success).toBe(false);
});

test.each([
  [{ name: 'a', state: 'absent' as const, uid: 1 }, /only name and remove/],
  [{ name: 'a', remove: true }, /state absent/],
  [{ name: 'a', append: true }, /needs groups/],
])('%j is a mistake', (args, expected) => {
  expect(user.definition.mistakes?.(user.definition.args.parse(args))[0]).toMatch(expected);
});

test('on a host without shadow rights the password is not readable, and nothing else is hidden', async () => {
  const nobody = new TestHost({ uid: 65534 });
  const [answer] = await nobody.ask([userNamed('root')]);
  expect(answer).toMatchObject({ value: { uid: 0, password: { readable: false } } });
});
