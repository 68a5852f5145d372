import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseExtraVariables } from '../../../engine/inventory/variables/extra.ts';
import { readInventory } from '../../../engine/inventory/read.ts';
import { shellWords } from '../../../engine/inventory/connection/shell-words.ts';
import { isSecret, reveal, secret } from '../../../engine/secrets/secret.ts';
import type { Connection } from '../../../engine/transport/transport.ts';
import { errorOf, folderWith, inventoryOf } from '../files.ts';

const hostWith = (vars: string): string => `all:\n  hosts:\n    h:\n      ${vars}\n`;
const connectionWith = async (vars: string): Promise<Connection> =>
  (await inventoryOf(hostWith(vars))).connection('h');

const sudoRoot = { method: 'sudo', user: 'root' };

describe('connection variables', () => {
  it('a host without any is reached by its name', async () => {
    expect(await connectionWith('x: 1')).toEqual({
      transport: 'openssh',
      host: 'h',
      becomeDefaults: sudoRoot,
    });
  });

  it('only openssh keeps connections', async () => {
    const connection = await connectionWith('{ transport: node-ssh, connectionPersist: 60 }');
    expect(connection).not.toHaveProperty('connectionPersist');
  });

  it.each<[string, Partial<Connection>]>([
    ['host: 10.0.0.1', { host: '10.0.0.1' }],
    ['ansible_host: 10.0.0.1', { host: '10.0.0.1' }],
    ['port: 2222', { port: 2222 }],
    ['ansible_port: 2222', { port: 2222 }],
    ['user: deploy', { user: 'deploy' }],
    ['ansible_user: deploy', { user: 'deploy' }],
    ['ansible_ssh_user: deploy', { user: 'deploy' }],
    ['privateKeyFile: /k', { privateKeyFile: '/k' }],
    ['ansible_ssh_private_key_file: ~/k', { privateKeyFile: `${homedir()}/k` }],
    ['ansible_ssh_private_key_file: k', { privateKeyFile: `${process.cwd()}/k` }],
    ['knownHostsFile: ~/known', { knownHostsFile: `${homedir()}/known` }],
    ['hostKeyChecking: accept-new', { hostKeyChecking: 'accept-new' }],
    ['hostKeyChecking: strict', { hostKeyChecking: 'strict' }],
    ['ansible_host_key_checking: true', { hostKeyChecking: 'strict' }],
    ['ansible_host_key_checking: false', { hostKeyChecking: 'accept-new' }],
    ['transport: node-ssh', { transport: 'node-ssh' }],
    ['ansible_connection: ssh', { transport: 'openssh' }],
    ['ansible_connection: paramiko', { transport: 'node-ssh' }],
    ['ansible_connection: local', { transport: 'local' }],
    ['proxyJump: gate', { proxyJump: 'gate' }],
    ['sshArguments: [-o, Compression=yes]', { sshArguments: ['-o', 'Compression=yes'] }],
    ['sshArguments: -o Compression=yes', { sshArguments: ['-o', 'Compression=yes'] }],
    [
      `ansible_ssh_common_args: "-o 'ProxyCommand=ssh -W %h:%p gate'"`,
      { sshArguments: ['-o', 'ProxyCommand=ssh -W %h:%p gate'] },
    ],
    [
      "{ ansible_ssh_extra_args: -C, ansible_ssh_common_args: '-4' }",
      { sshArguments: ['-4', '-C'] },
    ],
    ['connectTimeout: 3', { connectTimeout: 3 }],
    ['ansible_ssh_timeout: 3', { connectTimeout: 3 }],
    ['connectionPersist: 0', { connectionPersist: 0 }],
    ['connectionPersist: 600', { connectionPersist: 600 }],
    ['become: true', { become: { method: 'sudo', user: 'root' } }],
    ['ansible_become: true', { become: { method: 'sudo', user: 'root' } }],
    ['{ become: true, becomeUser: app }', { become: { method: 'sudo', user: 'app' } }],
    [
      '{ ansible_become: true, ansible_become_user: app, ansible_become_method: doas }',
      { become: { method: 'doas', user: 'app' } },
    ],
    ['becomeUser: app', { becomeDefaults: { method: 'sudo', user: 'app' } }],
  ])('%s', async (vars, expected) => {
    const connection = await connectionWith(vars);
    expect(connection).toMatchObject(expected);
    expect(connection.become === undefined).toBe(expected.become === undefined);
  });

  it.each([
    ['password: hunter2', 'password'],
    ['ansible_password: hunter2', 'password'],
    ['ansible_ssh_pass: !secret hunter2', 'password'],
  ] as const)('%s is a secret', async (vars, name) => {
    const value = (await connectionWith(vars))[name];
    expect(isSecret(value) && reveal(value)).toBe('hunter2');
  });

  it.each(['becomePassword', 'ansible_become_password', 'ansible_become_pass'])(
    '%s is a secret, with become and without',
    async (name) => {
      const { become, becomeDefaults } = await connectionWith(`{ become: true, ${name}: hunter2 }`);
      for (const each of [become, becomeDefaults]) {
        expect(each?.password && reveal(each.password)).toBe('hunter2');
      }
      const without = await connectionWith(`${name}: hunter2`);
      expect(without.become).toBeUndefined();
      expect(isSecret(without.becomeDefaults?.password)).toBe(true);
    },
  );

  it('a relative path of ours begins at the file that holds it', async () => {
    const folder = folderWith({
      'hosts.yaml': 'all: { hosts: { h: } }',
      'group_vars/all.yaml': 'privateKeyFile: ../keys/id',
    });
    const inventory = await readInventory({ files: [`${folder}/hosts.yaml`] });
    expect(inventory.connection('h').privateKeyFile).toBe(`${folder}/keys/id`);
  });

  it('they are not among the variables of roles', async () => {
    const text = hostWith(
      '{ host: a, port: 1, ansible_user: u, ansible_python_interpreter: /p, x: 1 }',
    );
    const inventory = await inventoryOf(text);
    expect(inventory.host('h').vars).toEqual({ x: 1 });
    expect(inventory.variables.map(({ name }) => name)).toEqual(['x']);
    expect(inventory.placeOf('h', ['port'])).toMatchObject({ line: 4, column: 24 });
  });

  it('precedence decides between spellings of different levels', async () => {
    const inventory = await inventoryOf(`
all: { vars: { ansible_user: root, port: 22 } }
web: { vars: { ansible_port: 2222 }, hosts: { a: , b: { user: deploy, ansible_port: 22 } } }
`);
    expect(inventory.connection('a')).toMatchObject({ user: 'root', port: 2222 });
    expect(inventory.connection('b')).toMatchObject({ user: 'deploy', port: 22 });
  });

  it('our ssh arguments and those of Ansible replace each other by precedence', async () => {
    const inventory = await inventoryOf(`
all: { vars: { ansible_ssh_common_args: '-4' } }
web: { hosts: { a: { ansible_ssh_extra_args: -C }, b: { sshArguments: ['-6'] }, c: { sshArguments: [] } } }
`);
    expect(inventory.connection('a').sshArguments).toEqual(['-4', '-C']);
    expect(inventory.connection('b').sshArguments).toEqual(['-6']);
    expect(inventory.connection('c').sshArguments).toBeUndefined();
  });

  it('the same value in two spellings is fine', async () => {
    expect(await connectionWith('{ port: 22, ansible_port: 22 }')).toMatchObject({ port: 22 });
    await connectionWith('{ password: a, ansible_ssh_pass: !secret a }');
  });

  it('the command line wins over files, -e over the command line', async () => {
    const connection = {
      user: 'cli',
      become: true,
      becomePassword: secret('pw'),
      sshArguments: ['-4'],
    };
    const text = hostWith(
      '{ ansible_user: file, ansible_become: false, ansible_ssh_extra_args: "-6" }',
    );
    const first = (await inventoryOf(text, { connection })).connection('h');
    expect(first).toMatchObject({ user: 'cli', become: sudoRoot, sshArguments: ['-4'] });
    const extra = await parseExtraVariables(['ansible_user=extra', 'become=false']);
    const second = (await inventoryOf(text, { connection, extra })).connection('h');
    expect(second.user).toBe('extra');
    expect(second.become).toBeUndefined();
  });

  it.each([
    [
      'port: "22"',
      'hosts.yaml:4:13  all.hosts.h.port: expected number, received string\n  hint: write 22 without quotes',
    ],
    ['port: 70000', 'all.hosts.h.port: a port is a whole number from 1 to 65535'],
    ['port: 1.5', 'a port is a whole number'],
    [
      'ansible_become: yes',
      'hosts.yaml:4:23  all.hosts.h.ansible_become: expected boolean, received string\n  hint: write true',
    ],
    ['become: off', 'expected boolean, received string\n  hint: write false'],
    ['host: -oProxyCommand=x', 'all.hosts.h.host: "-oProxyCommand=x" is not one that ssh can be'],
    ['user: "a b"', 'hosts.yaml:4:13  all.hosts.h.user: "a b" is not one that ssh can be given'],
    [String.raw`host: "a\0b"`, 'all.hosts.h.host: holds control characters'],
    [String.raw`proxyJump: "a\nb"`, 'all.hosts.h.proxyJump: holds control characters'],
    [String.raw`sshArguments: ["a\0b"]`, 'all.hosts.h.sshArguments: holds control characters'],
    ['host: 10', "expected string, received number\n  hint: quote it: '10'"],
    ['user:', 'hosts.yaml:4:7  all.hosts.h.user: expected string, received nothing'],
    ['user: ""', 'all.hosts.h.user: is empty'],
    ['password: 0644', "expected string, received number\n  hint: write '0644'"],
    ['password: [a]', 'expected string, received list'],
    ['user: !secret a', 'expected string, received secret'],
    [
      'ansible_user: "{{ login }}"',
      'all.hosts.h.ansible_user: expressions are not evaluated in an inventory',
    ],
    ['connectTimeout: 0', 'expected a number of seconds above 0'],
    ['connectionPersist: -1', 'expected a number of seconds, or 0 for not at all'],
    ['connectionPersist: 10m', 'expected number, received string'],
    ['transport: winrm', "expected openssh, node-ssh, local, fake; not 'winrm'"],
    ['becomeMethod: pbrun', "expected sudo, su, doas; not 'pbrun'"],
    ['hostKeyChecking: never', "expected strict, accept-new; not 'never'"],
    ['sshArguments: "-o \'x"', 'a quote or backslash is left open'],
    ['sshArguments: [1]', 'expected a list of strings'],
    [
      '{ port: 22, ansible_port: 23 }',
      'hosts.yaml:4:33  all.hosts.h.ansible_port and all.hosts.h.port are the same variable with two values\n' +
        '  hint: keep one of them; the other is at hosts.yaml:4:15',
    ],
    ['{ ansible_user: a, ansible_ssh_user: b }', 'are the same variable with two values'],
    ['{ password: a, ansible_ssh_pass: b }', 'are the same variable with two values'],
    [
      'ansible_usr: root',
      "hosts.yaml:4:20  all.hosts.h.ansible_usr is not supported\n  hint: did you mean 'ansible_user'?",
    ],
    ['ansible_become_flags: -n', 'all.hosts.h.ansible_become_flags is not supported'],
    ['ansible_group_priority: 3', 'all.hosts.h.ansible_group_priority: cannot be a priority here'],
  ])('%s is refused', async (vars, message) => {
    expect(await errorOf(() => connectionWith(vars))).toContain(message);
  });

  it("Ansible's variables that do no harm are warned of", async () => {
    const text = hostWith('{ ansible_python_interpreter: /p, ansible_host_key_checking: false }');
    const { warnings } = await inventoryOf(text);
    expect(warnings.map(({ message, at }) => [message, at?.line, at?.column])).toEqual([
      ['all.hosts.h.ansible_python_interpreter has no effect in tsplay', 4, 37],
      [
        "all.hosts.h.ansible_host_key_checking: read as 'accept-new': a changed key is still refused",
        4,
        68,
      ],
    ]);
  });
});

it("Ansible's expressions are warned of wherever they stand", async () => {
  const { warnings } = await inventoryOf(
    hostWith(`{ a: '{{ b }}', c: [{ d: 'x {{ e }}' }], f: '{' }`),
  );
  expect(warnings.map(({ message, at }) => [message, at?.column])).toEqual([
    ["all.hosts.h.a: '{{ … }}' is not evaluated in an inventory", 12],
    ["all.hosts.h.c: '{{ … }}' is not evaluated in an inventory", 26],
  ]);
});

describe('words of a shell', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['a b', ['a', 'b']],
    [' a\t b\n', ['a', 'b']],
    [`-o 'a b' "c d"`, ['-o', 'a b', 'c d']],
    [`a'b c'd`, ['ab cd']],
    [`''`, ['']],
    [`a\\ b`, ['a b']],
    [`"a\\"b\\n"`, ['a"b\\n']],
    [`'a\\b'`, ['a\\b']],
    ['$HOME `x` *', ['$HOME', '`x`', '*']],
  ])('%j is %j', (text, words) => {
    expect(shellWords(text)).toEqual(words);
  });

  it.each(["'a", '"a', 'a\\', `"a\\"`])('%j is refused', (text) => {
    expect(() => shellWords(text)).toThrow('left open');
  });
});
