import { describe, expect, test } from 'vitest';
import { etcd } from '../../../roles/etcd/index.ts';
import { collected, refused } from '../collected.ts';

const three = (vars = '', extra = ''): string => `
etcd:
  vars: { ${vars} }
  hosts:
    e1: { host: 10.0.0.1 }
    e2: { host: 10.0.0.2 }
    e3: { host: 10.0.0.3${extra === '' ? '' : `, ${extra}`} }
`;
const tls =
  'etcdTls: { ca: /etc/etcd/ca.crt, cert: /etc/etcd/server.crt, key: /etc/etcd/server.key }';

describe('what it writes', () => {
  test("a member listens on the host's own address and on loopback, never everywhere", async () => {
    const host = (await collected(etcd, three())).host('e2');
    const environment = await host.written('etcd environment');
    expect(environment).toContain('ETCD_NAME=e2\n');
    expect(environment).toContain(
      'ETCD_LISTEN_CLIENT_URLS=https://10.0.0.2:2379,https://127.0.0.1:2379\n',
    );
    expect(environment).toContain('ETCD_ADVERTISE_CLIENT_URLS=https://10.0.0.2:2379\n');
    expect(environment).toContain('ETCD_LISTEN_METRICS_URLS=http://127.0.0.1:2381\n');
    expect(environment).not.toMatch(/0\.0\.0\.0|localhost/);
  });

  test('no value has a comment behind it, and none is empty', async () => {
    const host = (await collected(etcd, three())).host('e1');
    for (const step of ['etcd environment', 'first members of the cluster']) {
      const lines = (await host.written(step)).split('\n').filter((line) => line !== '');
      for (const line of lines) expect(line).toMatch(/^(#|ETCD_[A-Z0-9_]+=[^#\s]+$)/);
    }
  });

  test('the first members are those of the inventory, the same for all', async () => {
    const fleet = await collected(etcd, three());
    const all = await Promise.all(
      ['e1', 'e2', 'e3'].map((name) => fleet.host(name).written('first members of the cluster')),
    );
    for (const [index, text] of all.entries()) {
      expect(text).toContain(
        'ETCD_INITIAL_CLUSTER=e1=https://10.0.0.1:2380,e2=https://10.0.0.2:2380,e3=https://10.0.0.3:2380\n',
      );
      expect(text).toContain(`ETCD_INITIAL_ADVERTISE_PEER_URLS=https://10.0.0.${index + 1}:2380\n`);
    }
  });

  test('there is no plain port but the one for health, on loopback', async () => {
    const host = (await collected(etcd, three())).host('e1');
    const environment = await host.written('etcd environment');
    expect(environment.match(/http:\/\/\S+/g)).toEqual(['http://127.0.0.1:2381']);
    expect(environment).toContain('ETCD_CLIENT_CERT_AUTH=true\n');
    expect(environment).toContain('ETCD_PEER_CLIENT_CERT_AUTH=true\n');
    expect(environment).toContain('ETCD_PEER_KEY_FILE=/etc/etcd/pki/peer.key\n');
    expect(host.step('etcd is healthy').task.args['argv']).toEqual([
      'etcdctl',
      '--endpoints=https://10.0.0.1:2379',
      '--dial-timeout=1s',
      '--command-timeout=3s',
      '--cacert=/etc/etcd/pki/ca.crt',
      '--cert=/etc/etcd/pki/server.crt',
      '--key=/etc/etcd/pki/server.key',
      'endpoint',
      'health',
    ]);
  });

  test('certificates are for the address, loopback and the name, and etcd alone reads the keys', async () => {
    const host = (await collected(etcd, three())).host('e2');
    for (const step of ['certificate for clients', 'certificate for peers']) {
      expect(host.step(step).task.args).toMatchObject({
        names: ['localhost', '127.0.0.1', '10.0.0.2', 'e2'],
        usages: 'both',
        owner: 'etcd',
      });
    }
  });

  test('certificates that others put there are used as they are', async () => {
    const host = (await collected(etcd, three(tls))).host('e1');
    expect(host.names.filter((name) => name.startsWith('certificate'))).toEqual([]);
    const environment = await host.written('etcd environment');
    expect(environment).toContain('ETCD_CERT_FILE=/etc/etcd/server.crt\n');
    expect(environment).toContain('ETCD_PEER_CERT_FILE=/etc/etcd/server.crt\n');
  });

  test('an IPv6 address stands in brackets', async () => {
    const yaml = 'etcd:\n  hosts:\n    e1: { host: "fd00::1" }\n';
    const host = (await collected(etcd, yaml)).host('e1');
    expect(await host.written('etcd environment')).toContain(
      'ETCD_LISTEN_PEER_URLS=https://[fd00::1]:2380\n',
    );
  });
});

describe('how it changes', () => {
  test('a changed environment rolls one member at a time; first members notify nobody', async () => {
    const host = (await collected(etcd, three())).host('e1');
    const [roll, ...others] = host.handlers;
    expect(others).toEqual([]);
    expect(roll?.node).toMatchObject({ node: 'block', rolling: { atOnce: 1 } });
    expect(host.step('etcd environment').notify).toEqual([roll?.id]);
    expect(host.step('unit of etcd').notify).toEqual([roll?.id]);
    expect(host.step('first members of the cluster').notify).toEqual([]);
  });

  test('members start together: nobody waits for a quorum at the start', async () => {
    const host = (await collected(etcd, three())).host('e1');
    expect(host.step('etcd runs').task.args).toMatchObject({ state: 'started', wait: false });
  });
});

describe('what it refuses', () => {
  test('an even number of members, unless the cluster grows', async () => {
    const four = `${three()}    e4: { host: 10.0.0.4 }\n`;
    expect(await refused(etcd, four)).toContain('4 members tolerate no more failures than 3');
    const growing = four.replace('vars: {', 'vars: { etcdAllowEvenMembers: true');
    expect((await collected(etcd, growing)).host('e4').names).toContain('etcd runs');
  });

  test('two members of one address, as in seed 004', async () => {
    const error = await refused(etcd, three('', 'ip: 10.0.0.2'));
    expect(error).toContain('e2 and e3 have the same address 10.0.0.2');
  });

  test.each([
    ['a name', 'ip: etcd3.example.org', "e3 has no IP address but 'etcd3.example.org'"],
    ['loopback', 'ip: 127.0.1.1', 'e3 has the address 127.0.1.1, which other hosts cannot reach'],
  ])('an address that is %s', async (_, extra, said) => {
    const error = await refused(etcd, three('', extra));
    expect(error).toContain(said);
    expect(error).toContain("give e3 the variable 'ip'");
  });

  test('a port that one member has and the others do not', async () => {
    const error = await refused(etcd, three('', 'etcdPeerPort: 2390'));
    expect(error).toContain('etcdPeerPort is 2390 for e3 and 2380 for e1');
    expect(error).toContain('set it once, for their group');
  });

  test('an election that is too short for the heartbeat, with the place of the value', async () => {
    const error = await refused(etcd, three('etcdElection: 1000'));
    expect(error).toMatch(/hosts\.yaml:3:\d+ .*etcdElection: must be at least five times/);
  });

  test('a host outside the group of the members', async () => {
    const error = await refused(etcd, `${three()}other:\n  hosts:\n    o1: { host: 10.0.0.9 }\n`);
    expect(error).toContain("o1 is not in the group 'etcd'");
  });
});
