/** Steps whose apply did nothing, and hosts whose state cannot be read: both are told. */
import { describe, expect, test } from 'vitest';
import { apt } from '../../engine/modules/packages/apt/index.ts';
import { group } from '../../engine/modules/accounts/group.ts';
import { hostname } from '../../engine/modules/system/hostname.ts';
import { modprobe } from '../../engine/modules/system/modprobe/index.ts';
import { pkg } from '../../engine/modules/packages/pkg.ts';
import { sysctl } from '../../engine/modules/system/sysctl/index.ts';
import { systemd } from '../../engine/modules/services/systemd/index.ts';
import { user } from '../../engine/modules/accounts/user/index.ts';
import { yum } from '../../engine/modules/packages/yum/index.ts';
import { unit } from '../../engine/readers/services/unit.ts';
import { userNamed } from '../../engine/readers/accounts/account.ts';
import { denied } from '../../engine/module/reader.ts';
import { TestHost } from '../../engine/testing.ts';
import { folder } from '../readers/asking.ts';

describe('an apply that did nothing is found out', { timeout: 60_000 }, () => {
  const idle = new TestHost({ skipApply: true });
  const but = /^applied, but /;

  test('apt', () => expect(idle.apply(apt, { name: 'no-such-package' })).rejects.toThrow(but));
  test('pkg', () => expect(idle.apply(pkg, { name: 'no-such-package' })).rejects.toThrow(but));
  test('group', () => expect(idle.apply(group, { name: 'nosuchgroup' })).rejects.toThrow(but));
  test('user', () => expect(idle.apply(user, { name: 'nosuchuser' })).rejects.toThrow(but));
  test('hostname', () => expect(idle.apply(hostname, { name: 'another' })).rejects.toThrow(but));
  test('sysctl', () => {
    const want = { key: 'net.ipv4.ip_forward', value: '1', file: `${folder()}/x.conf` };
    return expect(idle.apply(sysctl, want)).rejects.toThrow(but);
  });
});

describe('state that cannot be read fails the step', () => {
  const host = new TestHost();

  test('a host without systemd', async () => {
    const [answer] = await host.ask([unit('ssh')]);
    const readable = answer?.answer !== 'denied';
    const plan = host.plan(systemd, { unit: 'ssh', enabled: false });
    await (readable
      ? expect(plan).resolves.toBeDefined()
      : expect(plan).rejects.toThrow(
          /not readable: (systemd does not run on this host|this host has no systemctl)/,
        ));
  });

  test('a host without rpm', async () => {
    const read = yum.definition.reads?.(yum.definition.args.parse({ name: 'x' }), {
      get: () => undefined,
    });
    const script = Object.values(read ?? {})[0];
    expect(
      script?.reader.parse(
        { stdout: Buffer.from('m missing\n'), stderr: '', code: 0 },
        [script.key],
        'm',
      ),
    ).toEqual([denied('this host has no rpm')]);
  });

  test('a password, for who may not read it', async () => {
    const nobody = new TestHost({ uid: 65534 });
    const [answer] = await nobody.ask([userNamed('root')]);
    expect(answer).toMatchObject({ value: { password: { readable: false } } });
    await expect(nobody.plan(user, { name: 'root', locked: true })).rejects.toThrow(
      /cannot be read/,
    );
  });

  test('a kernel module that is nowhere', () =>
    expect(host.plan(modprobe, { module: 'no_such_module' })).rejects.toThrow(/has no module/));
});
