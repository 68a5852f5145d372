import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isSecret, reveal } from '../../../engine/secrets/secret.ts';
import { errorOf, folderWith, inventoryOf } from '../files.ts';

const bomb = [
  'all:',
  '  hosts: { a: }',
  '  vars:',
  '    x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]',
  ...Array.from({ length: 9 }, (_, at) => {
    const inner = Array.from({ length: 10 }, () => `*x${at}`).join(', ');
    return `    x${at + 1}: &x${at + 1} [${inner}]`;
  }),
].join('\n');

describe('what YAML lets pass quietly', () => {
  it.each([
    [
      'a duplicate variable',
      'all:\n  hosts: { a: }\n  vars:\n    port: 1\n    x: 2\n    x: 3\n',
      "hosts.yaml:6:5  duplicate key 'x'\n  hint: it is also at hosts.yaml:5:5; keep one of them",
    ],
    [
      'a duplicate host',
      'all:\n  hosts:\n    a: {}\n    a: {}\n',
      "hosts.yaml:4:5  duplicate key 'a'",
    ],
    [
      'a duplicate key, once as a number',
      'all:\n  hosts: { a: }\n  vars:\n    map: {1: x, "1": y}\n',
      "hosts.yaml:4:17  duplicate key '1'",
    ],
    ['a tab', 'all:\n\thosts:\n', 'hosts.yaml:2:1  Tabs are not allowed as indentation'],
    ['a second document', 'all:\n---\nall:\n', 'hosts.yaml:2:1  a second document begins'],
    [
      'an unknown tag',
      'all:\n  vars: { x: !foo 1 }\n',
      'hosts.yaml:2:14  Unresolved tag: !foo\n  hint: known tags are !secret and !env',
    ],
    [
      'a secret tag on a mapping',
      'all:\n  vars: { x: !secret {a: 1} }\n',
      'hosts.yaml:2:14  Unresolved tag: !secret',
    ],
    [
      'a value of ansible-vault',
      'all:\n  vars:\n    x: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162\n',
      'hosts.yaml:3:15  what ansible-vault encrypted cannot be read',
    ],
    [
      'a whole file of ansible-vault',
      '$ANSIBLE_VAULT;1.1;AES256\n6162\n6364\n',
      'hosts.yaml:1:1  what ansible-vault encrypted cannot be read',
    ],
    ['an unknown alias', 'all:\n  vars: { x: *y }\n', "hosts.yaml:2:14  unknown alias '*y'"],
    [
      'an alias before its anchor',
      'all:\n  vars: { x: *y, z: &y 1 }\n',
      "hosts.yaml:2:14  unknown alias '*y'",
    ],
    [
      'an alias inside itself',
      'all:\n  vars: { x: &y [*y] }\n',
      "hosts.yaml:2:18  '*y' contains itself",
    ],
    [
      'a mapping merged into itself',
      'all:\n  vars: &v { <<: *v }\n',
      'hosts.yaml:2:18  a mapping merges itself',
    ],
    ['a merged scalar', 'all:\n  vars: { <<: 1 }\n', 'hosts.yaml:2:15  << takes a mapping'],
    ['an alias bomb', bomb, 'aliases make this file too large'],
    ['__proto__', 'all:\n  vars:\n    x: { __proto__: 1 }\n', "the key '__proto__' is refused"],
    ['constructor', 'all:\n  vars:\n    constructor: 1\n', "the key 'constructor' is refused"],
    ['a mapping as key', 'all:\n  vars:\n    {{ x }}: 1\n', 'a key must be a text'],
    ['an empty key', 'all:\n  vars:\n    ? : 1\n', 'a key must be a text'],
    [
      'a number that is not exact',
      'all:\n  vars: { x: 9007199254740993 }\n',
      "hosts.yaml:2:14  9007199254740993 is too large for a number\n  hint: quote it: '9007199254740993'",
    ],
    [
      'an INI inventory',
      '[web]\nw01 ansible_host=10.0.0.1\n',
      'hosts.yaml:1:1  this is an INI inventory',
    ],
    ['a program', '#!/usr/bin/env python3\nprint(1)\n', 'programs as inventory are not supported'],
    [
      'an unset environment variable',
      'all:\n  vars: { x: !env TSPLAY_NOT_SET }\n',
      'hosts.yaml:2:19',
    ],
    ['open brackets', 'all:\n  vars: { x: [1\n', 'hosts.yaml:3:1'],
    ['deep nesting', `all: ${'['.repeat(20_000)}`, 'it is nested too deeply'],
  ])('%s is refused', async (_, text, message) => {
    expect(await errorOf(() => inventoryOf(text))).toContain(message);
  });

  it('a file that is not UTF-8 is refused', async () => {
    const { readInventory } = await import('../../../engine/inventory/read.ts');
    const { writeFileSync } = await import('node:fs');
    const folder = folderWith({});
    writeFileSync(`${folder}/hosts.yaml`, Buffer.from([0x61, 0xff, 0xfe]));
    const files = [`${folder}/hosts.yaml`];
    expect(await errorOf(() => readInventory({ files }))).toContain('it is not UTF-8');
  });

  it('all mistakes of all files come together', async () => {
    const { readInventory } = await import('../../../engine/inventory/read.ts');
    const folder = folderWith({
      'a.yaml': 'all:\n  hosts: { a: { port: x, port: 2 } }\n',
      'b.yaml': 'web:\n  host: {}\n  hosts: [ a ]\n',
      'group_vars/web.yaml': 'x: *y\n',
      'host_vars/a/x.yaml': '- 1\n',
    });
    const message = await errorOf(
      () => readInventory({ files: [`${folder}/a.yaml`, `${folder}/b.yaml`] }),
      folder,
    );
    expect(message.split('\n').filter((line) => !line.startsWith('  '))).toEqual([
      "a.yaml:2:26  duplicate key 'port'",
      'b.yaml:2:3  web.host: unknown key of a group',
      'b.yaml:3:10  web.hosts: must be a mapping',
      "group_vars/web.yaml:1:4  unknown alias '*y'",
      'host_vars/a/x.yaml:1:1  a file of variables must be a mapping',
      'a.yaml:2:23  all.hosts.a.port: expected number, received string',
    ]);
  });
});

describe('what YAML offers', () => {
  it('merge keys: own keys win, then earlier ones; order of a list of them', async () => {
    const inventory = await inventoryOf(
      [
        'all:',
        '  vars:',
        '    one: &one { a: 1, b: 1 }',
        '    two: &two { b: 2, c: 2 }',
        '    both: { <<: [*one, *two], c: 3 }',
        '    quoted: { "<<": 1 }',
        '  hosts:',
        '    h: { <<: *two, x: *one }',
      ].join('\n'),
    );
    const { vars } = inventory.host('h');
    expect(vars).toEqual({
      one: { a: 1, b: 1 },
      two: { b: 2, c: 2 },
      both: { a: 1, b: 1, c: 3 },
      quoted: { '<<': 1 },
      b: 2,
      c: 2,
      x: { a: 1, b: 1 },
    });
    expect(inventory.placeOf('h', ['b'])).toMatchObject({ line: 4, column: 20 });
  });

  it('an anchor may be written again: an alias means the last one before it', async () => {
    const text = 'all:\n  hosts: { h: }\n  vars: { a: &x 1, b: *x, c: &x 2, d: *x }\n';
    expect((await inventoryOf(text)).host('h').vars).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  it('!secret and !env give secrets', async () => {
    process.env['TSPLAY_TEST_SECRET'] = 'from the environment';
    const inventory = await inventoryOf(
      'all:\n  hosts: { h: }\n  vars:\n    a: !secret "hunter2"\n    b: !env TSPLAY_TEST_SECRET\n',
    );
    const { a, b } = inventory.host('h').vars;
    expect(isSecret(a) && reveal(a)).toBe('hunter2');
    expect(isSecret(b) && reveal(b)).toBe('from the environment');
    expect(inspect(inventory.host('h').vars)).toBe('{ a: ***, b: *** }');
  });

  it('values are frozen, all the way down', async () => {
    const text = 'all:\n  hosts: { h: }\n  vars: { a: [{ b: 1 }] }\n';
    const { vars } = (await inventoryOf(text)).host('h');
    expect(Object.isFrozen(vars)).toBe(true);
    expect(() => (vars['a'] as unknown[]).push(1)).toThrow(TypeError);
    expect(Object.isFrozen((vars['a'] as unknown[])[0])).toBe(true);
  });

  it('JSON, CRLF and a byte order mark are read too', async () => {
    expect((await inventoryOf('{"all": {"hosts": {"h": {"x": 1}}}}')).host('h').vars).toEqual({
      x: 1,
    });
    const crlf = await inventoryOf('\uFEFFall:\r\n  hosts:\r\n    h: { x: 1 }\r\n');
    expect(crlf.host('h').vars).toEqual({ x: 1 });
    expect(crlf.placeOf('h', ['x'])).toMatchObject({ line: 3, column: 13 });
  });
});

describe('places', () => {
  const text = [
    'all:',
    '  hosts:',
    '    h:',
    '      tls:',
    '        certs:',
    '          - name: a',
    '            days: 1',
    '          - { name: b }',
    '      empty:',
    '      flow: { x: [1, 2] }',
  ].join('\n');

  it.each([
    [[], 3, 5],
    [['tls'], 4, 7],
    [['tls', 'certs'], 5, 9],
    [['tls', 'certs', 0], 6, 13],
    [['tls', 'certs', 0, 'days'], 7, 19],
    [['tls', 'certs', 1, 'name'], 8, 21],
    [['tls', 'certs', 9, 'name'], 5, 9],
    [['tls', 'nothing', 'here'], 4, 7],
    [['empty'], 9, 7],
    [['flow', 'x', 1], 10, 22],
  ])('%j is at %i:%i', async (path, line, column) => {
    expect((await inventoryOf(text)).placeOf('h', path)).toMatchObject({ line, column });
  });

  it('what no file holds has no place', async () => {
    const { parseExtraVariables } = await import('../../../engine/inventory/variables/extra.ts');
    const extra = await parseExtraVariables(['x=1']);
    const inventory = await inventoryOf(text, { extra });
    expect(inventory.placeOf('h', ['nothing'])).toBeUndefined();
    expect(inventory.placeOf('h', ['x'])).toBeUndefined();
    expect(inventory.written('h', ['x'])).toMatchObject({ path: 'x (-e)', depth: 1 });
  });
});
