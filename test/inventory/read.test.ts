import { rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseExtraVariables } from '../../engine/inventory/variables/extra.ts';
import { readInventory } from '../../engine/inventory/read.ts';
import { errorOf, folderWith, inventoryOf } from './files.ts';

const hostsOf = (inventory: { hosts: readonly { name: string }[] }): string[] =>
  inventory.hosts.map(({ name }) => name);

describe('the shape of an inventory', () => {
  it('groups, children, hosts and ranges are read in the order of the file', async () => {
    const inventory = await inventoryOf(`
all:
  hosts: { gate: }
  children:
    site:
      children:
        web:
          hosts: { 'w[01:03]': { x: 1 } }
        db: {}
db:
  hosts:
    d1:
    w02: { y: 2 }
`);
    expect(hostsOf(inventory)).toEqual(['gate', 'w01', 'w02', 'w03', 'd1']);
    expect(Object.fromEntries(inventory.groups)).toEqual({
      all: ['gate', 'w01', 'w02', 'w03', 'd1'],
      ungrouped: ['gate'],
      site: ['w01', 'w02', 'w03', 'd1'],
      web: ['w01', 'w02', 'w03'],
      db: ['w02', 'd1'],
    });
    expect(inventory.host('w02').groups).toEqual(['all', 'site', 'db', 'web']);
    expect(inventory.host('gate').groups).toEqual(['all', 'ungrouped']);
    expect(inventory.host('w02').vars).toEqual({ x: 1, y: 2 });
    expect(inventory.childrenOf('all')).toEqual(['site', 'ungrouped']);
  });

  it('group, has, first, host and match', async () => {
    const inventory = await inventoryOf('web: { hosts: { w2: , w1: } }\nempty:\n');
    expect(inventory.group('web').map(({ name }) => name)).toEqual(['w2', 'w1']);
    expect(inventory.group('empty')).toEqual([]);
    expect([inventory.has('web'), inventory.has('wbe')]).toEqual([true, false]);
    expect(inventory.first('web').name).toBe('w2');
    expect(inventory.match('web:!w2').map(({ name }) => name)).toEqual(['w1']);
    expect(await errorOf(() => inventory.first('empty'))).toBe(
      "hosts.yaml:2:1  the group 'empty' has no hosts",
    );
    expect(await errorOf(() => inventory.group('wbe'))).toContain("did you mean 'web'?");
    expect(await errorOf(() => inventory.host('w3'))).toContain("did you mean 'w2'?");
  });

  it('the address is the variable ip, else the connection', async () => {
    const inventory = await inventoryOf(
      'all: { hosts: { a: , b: { host: 10.0.0.1 }, c: { host: 10.0.0.1, ip: 192.168.0.1 } } }',
    );
    expect(inventory.hosts.map(({ address }) => address)).toEqual(['a', '10.0.0.1', '192.168.0.1']);
  });

  it('localhost needs no line, is local, and belongs to no group but all', async () => {
    const inventory = await inventoryOf(
      'all: { hosts: { a: }, vars: { x: 1, transport: openssh } }',
    );
    expect(inventory.match('localhost')).toEqual([inventory.host('localhost')]);
    expect(inventory.host('localhost').vars).toEqual({ x: 1 });
    expect(inventory.connection('localhost').transport).toBe('local');
    expect(hostsOf(inventory)).toEqual(['a']);
    expect(inventory.match('all').map(({ name }) => name)).toEqual(['a']);
  });

  it('a localhost of the file is a host as any other', async () => {
    const inventory = await inventoryOf('all: { hosts: { localhost: { port: 2222 } } }');
    expect(inventory.connection('localhost')).toMatchObject({ transport: 'openssh', port: 2222 });
    expect(hostsOf(inventory)).toEqual(['localhost']);
  });

  it('an empty file is an inventory without hosts', async () => {
    expect(hostsOf(await inventoryOf('# nothing yet\n'))).toEqual([]);
  });

  it.each([
    [
      'a list of hosts',
      'all:\n  hosts:\n    - a\n',
      'hosts.yaml:3:5  all.hosts: must be a mapping',
    ],
    ['a list of groups', '- web\n', 'hosts.yaml:1:1  an inventory is a mapping of groups'],
    [
      'an address as value',
      'all:\n  hosts:\n    a: 10.0.0.1\n',
      "hosts.yaml:3:8  all.hosts.a: a host's variables must be a mapping\n  hint: for an address write 'a: { host: ADDRESS }'",
    ],
    [
      'a misspelt key',
      'all:\n  chidlren: {}\n',
      "hosts.yaml:2:3  all.chidlren: unknown key of a group\n  hint: did you mean 'children'?",
    ],
    [
      'a variable beside hosts',
      'all:\n  version: 1\n',
      "hosts.yaml:2:3  all.version: unknown key of a group\n  hint: a group has hosts, children, vars; variables belong below 'vars:'",
    ],
    [
      'a host that is a group',
      'web:\n  hosts:\n    db:\ndb:\n  hosts: { a: }\n',
      "hosts.yaml:3:5  'db' is a host and a group\n  hint: rename one of them: hosts.yaml:3:5 and hosts.yaml:4:1",
    ],
    [
      'groups inside each other',
      'a:\n  children:\n    b:\nb:\n  children:\n    a:\n',
      'hosts.yaml:6:5  groups contain each other: a > b > a\n  hint: remove this or the other: hosts.yaml:3:5',
    ],
    [
      'a group inside itself',
      'a:\n  children:\n    a:\n',
      'hosts.yaml:3:5  groups contain each other: a > a\n  hint: remove it',
    ],
    ['all inside a group', 'a: { children: { all: } }\n', "'all' cannot be inside a group"],
    ['a name with a colon', 'all: { hosts: { "a:b": } }\n', "'a:b' cannot be the name of a host"],
    [
      'an address of IPv6 as name',
      'all:\n  hosts:\n    "fd00::1": {}\n',
      `hosts.yaml:3:5  'fd00::1' cannot be the name of a host\n  hint: give it a name and write the address as variable: 'name: { host: "fd00::1" }'`,
    ],
    ['a group with a star', '"w*": {}\n', "'w*' cannot be the name of a group"],
    [
      'a bad range',
      'all:\n  hosts:\n    w[3:1]: {}\n',
      "hosts.yaml:3:5  the range in 'w[3:1]' ends",
    ],
    ['a priority that is a text', 'web: { priority: high }\n', 'web.priority: expected number'],
  ])('%s is refused', async (_, text, message) => {
    expect(await errorOf(() => inventoryOf(text))).toContain(message);
  });
});

describe('what -i names', () => {
  it('several files are merged in order, the later wins', async () => {
    const folder = folderWith({
      'one/a.yaml': 'web: { hosts: { w1: { x: 1, y: 1 } }, vars: { v: 1 } }',
      'two/b.yaml': 'web: { hosts: { w2: , w1: { x: 2 } }, vars: { v: 2 } }',
      'one/group_vars/web.yaml': 'g: 1\nh: 1\n',
      'two/group_vars/web.yaml': 'g: 2\n',
    });
    const files = [`${folder}/one/a.yaml`, `${folder}/two/b.yaml`];
    const inventory = await readInventory({ files });
    expect(hostsOf(inventory)).toEqual(['w1', 'w2']);
    expect(inventory.host('w1').vars).toEqual({ x: 2, y: 1, v: 2, g: 2, h: 1 });
    const turned = await readInventory({ files: files.toReversed() });
    expect(turned.host('w1').vars).toEqual({ x: 1, y: 1, v: 1, g: 1, h: 1 });
    expect(hostsOf(turned)).toEqual(['w2', 'w1']);
  });

  it('a folder: its inventories by name, hidden files, copies and folders left out', async () => {
    const folder = folderWith({
      '02.yml': 'web: { hosts: { b: } }',
      '01.yaml': 'web: { hosts: { a: } }',
      '03.json': '{"web": {"hosts": {"c": null}}}',
      hosts: 'web: { hosts: { d: } }',
      '.hidden.yaml': 'web: { hosts: { hidden: } }',
      '01.yaml~': 'web: { hosts: { copy: } }',
      'readme.md': 'words',
      'certs/ca.yaml': 'web: { hosts: { ca: } }',
      'group_vars/web.yaml': 'x: 1',
    });
    const inventory = await readInventory({ files: [folder] });
    expect(hostsOf(inventory)).toEqual(['a', 'b', 'c', 'd']);
    expect(inventory.host('a').vars).toEqual({ x: 1 });
  });

  it('a list of hosts, with ranges and ports', async () => {
    const inventory = await readInventory({ files: ['10.0.0.1,w[1:2]:2222,'] });
    expect(hostsOf(inventory)).toEqual(['10.0.0.1', 'w1', 'w2']);
    expect(inventory.connection('w2').port).toBe(2222);
    expect(inventory.placeOf('w1', [])).toBeUndefined();
    expect(inventory.group('ungrouped')).toHaveLength(3);
  });

  it('a port behind the name of a host in a file', async () => {
    const inventory = await inventoryOf('all: { hosts: { "w[1:2].lan:2222": } }');
    expect(hostsOf(inventory)).toEqual(['w1.lan', 'w2.lan']);
    expect(inventory.connection('w1.lan')).toMatchObject({ host: 'w1.lan', port: 2222 });
  });

  it.each([
    [
      'a file that is not there',
      'prdo.yaml',
      "no such inventory: FOLDER/prdo.yaml\n  hint: did you mean 'prod.yaml'?",
    ],
    [
      'one host without comma',
      'zebra',
      "hint: for a list of hosts end it with a comma: 'FOLDER/zebra,'",
    ],
    ['an empty folder', 'empty', 'no inventory file in FOLDER/empty'],
    ['a folder with an INI file', 'ini', 'hosts.ini:1:1  this is an INI inventory'],
  ])('%s is refused', async (_, name, message) => {
    const folder = folderWith({ 'prod.yaml': '', 'empty/notes.txt': '', 'ini/hosts.ini': '[web]' });
    const error = await errorOf(() => readInventory({ files: [`${folder}/${name}`] }), undefined);
    expect(error).toContain(message.replaceAll('FOLDER', folder));
  });

  it('a bad name in a list is refused', async () => {
    expect(await errorOf(() => readInventory({ files: ['a,fd00::1,'] }))).toContain(
      "'fd00::1' cannot be the name of a host",
    );
  });
});

describe('group_vars and host_vars', () => {
  const text = 'web: { hosts: { w1.lan: } }';

  it('NAME, NAME.yaml, NAME.yml, NAME.json and files below NAME/ are read', async () => {
    const folder = folderWith({
      'hosts.yaml': text,
      'group_vars/all': 'a: 1',
      'group_vars/web.yml': 'b: 1\nc: 1\nd: 1',
      'group_vars/web/20.yaml': 'c: 3\nd: 3',
      'group_vars/web/10.yaml': 'c: 2\ne: 2',
      'group_vars/web/deep/x.yaml': 'd: 4',
      'group_vars/web/.hidden.yaml': 'b: 9',
      'group_vars/web/notes.md': 'words',
      'host_vars/w1.lan': 'f: 1',
      'host_vars/w1.lan.json': '{"g": 1}',
    });
    const files = [`${folder}/hosts.yaml`];
    expect(await errorOf(() => readInventory({ files }), folder)).toBe(
      "host_vars/w1.lan.json:1:1  two files of variables for 'w1.lan'\n" +
        "  hint: merge it with host_vars/w1.lan:1:1, or put both into a folder 'w1.lan/'",
    );
    rmSync(`${folder}/host_vars/w1.lan.json`);
    const inventory = await readInventory({ files });
    expect(inventory.host('w1.lan').vars).toEqual({ a: 1, b: 1, c: 3, d: 4, e: 2, f: 1 });
    expect(inventory.placeOf('w1.lan', ['d'])).toMatchObject({
      file: `${folder}/group_vars/web/deep/x.yaml`,
      line: 1,
    });
  });

  it('files of groups that are not in the inventory are left alone; a slip is warned of', async () => {
    const folder = folderWith({
      'hosts.yaml': text,
      'group_vars/database.yaml': 'broken: [',
      'group_vars/wbe.yaml': 'x: 1',
    });
    const inventory = await readInventory({ files: [`${folder}/hosts.yaml`] });
    expect(inventory.warnings).toEqual([
      {
        message: "variables for the group 'wbe', which is not in the inventory",
        at: { file: `${folder}/group_vars/wbe.yaml`, line: 1, column: 1 },
        hint: "did you mean 'web'?",
      },
    ]);
  });

  it('a link that dangles is an error with its name', async () => {
    const folder = folderWith({ 'hosts.yaml': text, 'group_vars/all.yaml': '' });
    symlinkSync('nowhere', `${folder}/group_vars/web.yaml`);
    symlinkSync('nowhere', `${folder}/more.yaml`);
    const message = await errorOf(() => readInventory({ files: [folder] }), folder);
    expect(message).toContain('more.yaml:1:1  cannot be read: ENOENT');
    expect(message).toContain('group_vars/web.yaml:1:1  cannot be read: ENOENT');
  });

  it('one folder beside inventory and playbook is read once', async () => {
    const folder = folderWith({ 'hosts.yaml': text, 'group_vars/web.yaml': 'x: 1' });
    const inventory = await readInventory({
      files: [`${folder}/hosts.yaml`],
      playbookDirectory: `${folder}/.`,
    });
    expect(inventory.variables).toHaveLength(1);
  });
});

describe('-e', () => {
  const values = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { variables } = await parseExtraVariables(args);
    return Object.fromEntries([...variables].map(([name, { value }]) => [name, value]));
  };

  it.each([
    [['a=1'], { a: 1 }],
    [['a=true', 'b=null'], { a: true, b: null }],
    [["a='3'", 'b="4"'], { a: '3', b: '4' }],
    [['a=1 b=two'], { a: 1, b: 'two' }],
    [['a=hello world'], { a: 'hello world' }],
    [["a='x=1 y=2' b=3"], { a: 'x=1 y=2', b: 3 }],
    [['a=[1, 2] b={c: d}'], { a: [1, 2], b: { c: 'd' } }],
    [['a="q \\" c=1" b=2'], { a: 'q " c=1', b: 2 }],
    [["a=it's b=2"], { a: "it's", b: 2 }],
    [['a='], { a: '' }],
    [['a=http://x/?b=1'], { a: 'http://x/?b=1' }],
    [['{"a": 1, b: [x]}'], { a: 1, b: ['x'] }],
    [['a=1', 'a=2'], { a: 2 }],
    [['a=yes'], { a: 'yes' }],
  ])('%j gives %j', async (args, expected) => {
    expect(await values(...args)).toEqual(expected);
  });

  it('@file has places', async () => {
    const folder = folderWith({ 'x.yaml': 'a: 1\nb:\n  c: 2\n' });
    const extra = await parseExtraVariables([`@${folder}/x.yaml`, 'a=5']);
    const inventory = await inventoryOf('all: { hosts: { h: { a: 9 } } }', { extra });
    expect(inventory.host('h').vars).toEqual({ a: 5, b: { c: 2 } });
    expect(inventory.placeOf('h', ['b', 'c'])).toMatchObject({ line: 3, column: 6 });
  });

  it.each([
    ['words', '-e: not understood'],
    ['=1', '-e: not understood'],
    ['a=[1', '-e a: '],
    ['a=*x', "-e a: unknown alias '*x'"],
    ['{a: 1', '-e {…}: '],
    ['__proto__=1', "the key '__proto__' is refused"],
    ['@/nowhere/x.yaml', 'cannot be read'],
  ])('%s is refused', async (arg, message) => {
    expect(await errorOf(() => parseExtraVariables([arg]))).toContain(message);
  });

  it('a mistake does not show the value, which may be a password', async () => {
    expect(await errorOf(() => parseExtraVariables(['password=@hunter2']))).not.toContain(
      'hunter2',
    );
  });
});
