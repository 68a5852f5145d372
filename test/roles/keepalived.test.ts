import { describe, expect, test } from 'vitest';
import { keepalived } from '../../roles/keepalived/index.ts';
import { collected, refused } from './collected.ts';

const settings = {
  keepalivedAddress: '10.0.0.100/24',
  keepalivedRouterId: 99,
  keepalivedPassword: 'eight888',
};
const three = (vars: Readonly<Record<string, unknown>> = {}, extra = ''): string => `
keepalived:
  vars: ${JSON.stringify({ ...settings, ...vars })}
  hosts:
    k1: { host: 10.0.0.1 }
    k2: { host: 10.0.0.2${extra} }
    k3: { host: 10.0.0.3 }
`;
const interfaces = {
  lan7: { ipv4: ['192.168.0.2'], ipv6: [], mac: '' },
  wan0: { ipv4: ['10.0.0.2'], ipv6: [], mac: '' },
};

describe('what it writes', () => {
  test('all begin as BACKUP, priorities fall by order, the others are addressed one by one', async () => {
    const fleet = await collected(keepalived, three());
    const text = await fleet.host('k2').written('keepalived configuration', { interfaces });
    expect(text).toContain('    state BACKUP\n    interface wan0\n');
    expect(text).toContain('    priority 110\n');
    expect(text).toContain(
      '    unicast_src_ip 10.0.0.2\n    unicast_peer {\n        10.0.0.1\n        10.0.0.3\n    }\n',
    );
    expect(text).toContain('        10.0.0.100/24 dev wan0\n');
    expect(text).toContain('        auth_pass eight888\n');
    expect(text).toContain('    enable_script_security\n    script_user root\n');
    expect(text).not.toContain('MASTER');
  });

  test('a lone host has nobody to tell', async () => {
    const yaml = `keepalived:\n  vars: ${JSON.stringify(settings)}\n  hosts:\n    k1: { host: 10.0.0.2 }\n`;
    const host = (await collected(keepalived, yaml)).host('k1');
    const text = await host.written('keepalived configuration', { interfaces });
    expect(text).not.toContain('unicast');
  });

  test('an address that no interface has is said with the host and what to do', async () => {
    const host = (await collected(keepalived, three())).host('k3');
    await expect(host.written('keepalived configuration', { interfaces })).rejects.toThrow(
      'no interface of k3 has its address 10.0.0.3',
    );
  });

  test('the configuration is tried by keepalived before it replaces the old one', async () => {
    const step = (await collected(keepalived, three())).host('k1').step('keepalived configuration');
    expect(step.task.args['validate']).toBe('keepalived -t -f %s');
    expect(step.task.args['mode']).toBe('0600');
  });
});

describe('what it refuses', () => {
  test.each([
    [
      'an auth_pass of nine characters',
      { keepalivedPassword: 'transwarp' },
      'has 9 characters: keepalived takes 8',
    ],
    ['a published password', { keepalivedPassword: '1111' }, 'published examples'],
    ['the router id of every example', { keepalivedRouterId: 51 }, 'every example has it'],
    ['a router id beyond a byte', { keepalivedRouterId: 256 }, '255'],
    ['an address that is none', { keepalivedAddress: '10.0.0.300' }, 'must be an address'],
    ['a weight that lifts', { keepalivedWeight: 2 }, 'keepalivedWeight'],
    [
      'a check that is no absolute path',
      { keepalivedCheck: 'killall -0 haproxy' },
      'absolute path',
    ],
  ])('%s, with its place', async (_, vars, said) => {
    const error = await refused(keepalived, three(vars));
    expect(error).toMatch(/hosts\.yaml:3:\d+ /);
    expect(error).toContain(said);
    expect(error).not.toContain('transwarp');
  });

  test('no router id at all: there is no default that could be right', async () => {
    const error = await refused(keepalived, three().replace('"keepalivedRouterId":99,', ''));
    expect(error).toContain('keepalivedRouterId');
  });

  test("an address that is a host's own, also of a host elsewhere in the inventory", async () => {
    const other = `${three()}db:\n  hosts:\n    d1: { host: 10.0.0.100 }\n`;
    expect(await refused(keepalived, other)).toContain('10.0.0.100 is the address of d1');
    expect(await refused(keepalived, three({ keepalivedAddress: '10.0.0.2/24' }))).toContain(
      '10.0.0.2 is the address of k2',
    );
  });

  test('a weight that does not bridge the priorities: the address would never move', async () => {
    const error = await refused(keepalived, three({ keepalivedWeight: -20 }));
    expect(error).toContain('lowers the priority by 20, which does not bridge the gap of 20');
    expect(error).toContain('keepalivedWeight to -21 or less');
    const own = three({ keepalivedWeight: -2 }, ', keepalivedPriority: 150');
    expect(await refused(keepalived, own)).toContain('the gap of 50');
  });

  test('two hosts of one priority', async () => {
    expect(await refused(keepalived, three({}, ', keepalivedPriority: 120'))).toContain(
      'k1 and k2 have the same priority 120',
    );
  });

  test('hosts that disagree on the address', async () => {
    const error = await refused(keepalived, three({}, ', keepalivedAddress: 10.0.0.101/24'));
    expect(error).toMatch(/keepalivedAddress is "10\.0\.0\.10\d\/24" for k\d/);
  });
});
