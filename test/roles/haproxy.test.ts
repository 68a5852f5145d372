import { describe, expect, test } from 'vitest';
import { isSecret } from '../../engine/secrets/secret.ts';
import { haproxy } from '../../roles/haproxy/index.ts';
import { collected, refused } from './collected.ts';

const balancers = (services: string, more = ''): string => `
all:
  vars:
    haproxyServices: [${services}]
${more.replace(/^(?=.)/gm, '    ')}
api:
  hosts:
    a1: { host: 10.0.0.11 }
    a2: { host: 10.0.0.12 }
lb:
  hosts:
    l1: { host: 10.0.0.21 }
`;
const api =
  '{ name: api, port: 8443, servers: { group: api, port: 6443 }, check: { path: /readyz, tls: {} } }';

describe('what it writes', () => {
  test('a service stands in front of the hosts of a group', async () => {
    const host = (await collected(haproxy, balancers(api))).host('l1');
    const text = await host.written('haproxy configuration');
    expect(text).toContain(`
listen api
    bind *:8443
    mode tcp
    option tcplog
    balance roundrobin
    timeout client 4h
    timeout server 4h
    timeout check 1s
    timeout tunnel 4h
    option httpchk GET /readyz
    http-check expect status 200
    default-server check check-ssl verify none inter 2s fastinter 500ms fall 2 rise 2 on-marked-down shutdown-sessions
    server a1 10.0.0.11:6443
    server a2 10.0.0.12:6443
`);
  });

  test('servers may be listed, and their certificate checked', async () => {
    const one =
      '{ name: db, port: 5432, servers: [{ name: db1, address: 10.9.0.1, port: 5432 }], check: { tls: { ca: /etc/ca.crt, cert: /etc/lb.pem } } }';
    const host = (await collected(haproxy, balancers(one))).host('l1');
    const text = await host.written('haproxy configuration');
    expect(text).toContain(
      'check check-ssl verify required ca-file /etc/ca.crt crt /etc/lb.pem inter',
    );
    expect(text).toContain('    server db1 10.9.0.1:5432\n');
    expect(text).not.toContain('httpchk');
  });

  test('an address that another host may have is listened on before it is there', async () => {
    const shared = api.replace('port: 8443', 'address: 10.0.0.100, port: 8443');
    const host = (await collected(haproxy, balancers(shared))).host('l1');
    expect(await host.written('haproxy configuration')).toContain('    bind 10.0.0.100:8443\n');
    const parameter = host.step('may listen on an address that another host has');
    expect(parameter.task.args).toMatchObject({ key: 'net.ipv4.ip_nonlocal_bind', value: true });
    const everywhere = (await collected(haproxy, balancers(api))).host('l1');
    expect(everywhere.names.filter((name) => name.includes('may listen'))).toEqual([]);
  });

  test('nothing of the seed that stops haproxy or opens it', async () => {
    const host = (await collected(haproxy, balancers(api))).host('l1');
    const text = await host.written('haproxy configuration');
    expect(text).not.toMatch(/nbproc|stats admin|stats auth|10080/);
  });

  test('the page of statistics is on loopback and needs the password, which nobody sees', async () => {
    const stats = 'haproxyStats: { user: ops, password: !secret long-enough }';
    const host = (await collected(haproxy, balancers(api, stats))).host('l1');
    expect(await host.written('haproxy configuration')).toContain(
      '    bind 127.0.0.1:10080\n    mode http\n',
    );
    const { vars } = host.step('haproxy configuration').task.args as {
      vars: { stats: { password: unknown } };
    };
    expect(isSecret(vars.stats.password)).toBe(true);
  });

  test('the configuration is tried by haproxy before it replaces the old one', async () => {
    const host = (await collected(haproxy, balancers(api))).host('l1');
    const step = host.step('haproxy configuration');
    expect(step.task.args['validate']).toBe('haproxy -c -f %s');
    expect(step.notify).toEqual(host.handlers.map(({ id }) => id));
    expect(host.handlers[0]?.handler.step).toMatchObject({ args: { state: 'reloaded' } });
  });
});

describe('what it refuses', () => {
  test.each([
    [
      'a default password',
      'haproxyStats: { user: admin, password: "123456" }',
      'among the first that attackers try',
    ],
    ['a short password', 'haproxyStats: { user: ops, password: kurz }', 'fewer than 8 characters'],
    ['nbproc', 'haproxyGlobal: [nbproc 1]', 'haproxy 2.5 and later refuse to start'],
    ['stats admin for all', 'haproxyGlobal: [stats admin if TRUE]', 'could disable servers'],
    ['two lines in one', 'haproxyGlobal: ["a\\nb"]', 'must be one line'],
  ])('%s', async (_, vars, said) => {
    const error = await refused(haproxy, balancers(api, vars));
    expect(error).toMatch(/hosts\.yaml:5:\d+ /);
    expect(error).toContain(said);
  });

  test('a service on the port of its own server on one host', async () => {
    const same = api.replace('port: 8443', 'port: 6443');
    const error = await refused(haproxy, balancers(same));
    expect(error).toContain('the service api listens on a1 where its server a1 does: port 6443');
  });

  test('two services on one port, or of one name', async () => {
    const other = api.replace('name: api', 'name: other');
    expect(await refused(haproxy, balancers(`${api}, ${other}`))).toContain(
      'two services on one port',
    );
    const moved = api.replace('8443', '8444');
    expect(await refused(haproxy, balancers(`${api}, ${moved}`))).toContain(
      'two services of one name',
    );
  });

  test('a server that is listed twice', async () => {
    const server = '{ name: s1, address: 10.9.0.1, port: 1 }';
    const twice = `{ name: db, port: 9, servers: [${server}, ${server.replace('s1', 's2')}] }`;
    expect(await refused(haproxy, balancers(twice))).toContain('the server 10.9.0.1:1 twice');
  });

  test('a group that is empty or that nobody knows', async () => {
    const wrong = api.replace('group: api', 'group: apu');
    expect(await refused(haproxy, balancers(wrong))).toContain("did you mean 'api'?");
  });
});
