import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { tomlFormat } from '../../../engine/modules/files/toml/edit.ts';
import { toml } from '../../../engine/modules/files/toml/index.ts';
import { edited } from '../edited.ts';

type Arguments = Omit<z.input<typeof toml.definition.args>, 'path'>;

const containerd = `# containerd
version = 2   # the second
root   = '/var/lib/containerd'

[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    sandbox_image = "k8s.gcr.io/pause:3.1"
    # how it stores
    [plugins."io.containerd.grpc.v1.cri".containerd]
      snapshotter = "overlayfs"
      labels = { a = 1, b.c = "x" }

    [plugins."io.containerd.grpc.v1.cri".registry]

# the end
[timeouts]
"io.containerd.timeout" = "5s"
list = [
  1,
  2, # two
]
when = 2026-01-31T08:00:00Z
`;

const cri = ['plugins', 'io.containerd.grpc.v1.cri'];
const servers = `[[servers]]
name = "a"
[servers.tls]
on = true

[[servers]]
name = "b"
`;

describe('the file afterwards', () => {
  test.each<[string, string, Arguments, string]>([
    [
      'a value beside odd blanks and a comment',
      containerd,
      { key: 'version', value: 3 },
      containerd.replace('= 2 ', '= 3 '),
    ],
    [
      'a text in single quotes',
      containerd,
      { key: 'root', value: '/srv' },
      containerd.replace("'/var/lib/containerd'", '"/srv"'),
    ],
    [
      'a value under a header with quotes',
      containerd,
      { key: [...cri, 'sandbox_image'], value: 'p:2' },
      containerd.replace('k8s.gcr.io/pause:3.1', 'p:2'),
    ],
    [
      'a new key comes last in its table, indented as its neighbours',
      containerd,
      { key: [...cri, 'max'], value: 1.5 },
      containerd.replace('3.1"\n', '3.1"\n    max = 1.5\n'),
    ],
    [
      'a new key of a table without keys',
      containerd,
      { key: [...cri, 'registry', 'config_path'], value: '/etc/c' },
      containerd.replace('registry]\n', 'registry]\n    config_path = "/etc/c"\n'),
    ],
    [
      'a new key of the root',
      containerd,
      { key: 'state', value: '/run' },
      containerd.replace("containerd'\n", 'containerd\'\nstate = "/run"\n'),
    ],
    [
      'a first key of the root stands before the first header',
      '# top\n\n# of a\n[a]\nb = 1\n',
      { key: 'c', value: true },
      '# top\n\nc = true\n\n# of a\n[a]\nb = 1\n',
    ],
    [
      'a value within an inline table',
      containerd,
      { key: [...cri, 'containerd', 'labels', 'a'], value: 2 },
      containerd.replace('a = 1', 'a = 2'),
    ],
    [
      'under a dotted key of it',
      containerd,
      { key: [...cri, 'containerd', 'labels', 'b', 'c'], value: 'y' },
      containerd.replace('"x"', '"y"'),
    ],
    [
      'a new key of it',
      containerd,
      { key: [...cri, 'containerd', 'labels', 'd'], value: 'y' },
      containerd.replace('"x" }', '"x", d = "y" }'),
    ],
    [
      'a new table stands behind its relatives',
      containerd,
      { key: [...cri, 'cni', 'bin_dir'], value: '/b' },
      containerd.replace(
        'registry]\n',
        'registry]\n\n[plugins."io.containerd.grpc.v1.cri".cni]\nbin_dir = "/b"\n',
      ),
    ],
    [
      'a new table of the root stands last',
      containerd,
      { key: ['a b', 'c'], value: [1, 'x'] },
      `${containerd}\n["a b"]\nc = [1, "x"]\n`,
    ],
    [
      'an item of a list',
      containerd,
      { key: 'timeouts.list.1', value: 3 },
      containerd.replace('2, # two', '3, # two'),
    ],
    [
      'a further item of a list',
      'a = [\n  1,\n]\n',
      { key: ['a', 1], value: 2 },
      'a = [\n  1,\n  2,\n]\n',
    ],
    [
      'a table that was only named on the way gets a header',
      '[a.b]\nc = 1\n',
      { key: 'a.d', value: 1 },
      '[a.b]\nc = 1\n\n[a]\nd = 1\n',
    ],
    [
      'a table of dotted keys gets another one',
      'x = 1\na.b = 1\na.c = 2\ny = 1\n',
      { key: 'a.d', value: 3 },
      'x = 1\na.b = 1\na.c = 2\na.d = 3\ny = 1\n',
    ],
    [
      'a value of a table in a list',
      servers,
      { key: 'servers.1.name', value: 'c' },
      servers.replace('"b"', '"c"'),
    ],
    [
      'a new key of a table in a list',
      servers,
      { key: 'servers.0.port', value: 1 },
      servers.replace('"a"\n', '"a"\nport = 1\n'),
    ],
    [
      'a table below a table in a list',
      servers,
      { key: 'servers.0.tls.on', value: false },
      servers.replace('true', 'false'),
    ],
    [
      'a new table below the last of a list',
      servers,
      { key: 'servers.1.tls.on', value: true },
      `${servers}\n[servers.tls]\non = true\n`,
    ],
    [
      'a new table below another than the last of a list',
      '[[s]]\na = 1\n[[s]]\na = 2\n',
      { key: 's.0.t.x', value: 2 },
      '[[s]]\na = 1\n\n[s.t]\nx = 2\n\n[[s]]\na = 2\n',
    ],
    [
      'a further table of a list',
      servers,
      { key: ['servers', 2, 'name'], value: 'c' },
      `${servers}\n[[servers]]\nname = "c"\n`,
    ],
    [
      'absent of the first line leaves the mark',
      '\uFEFFa = 1\nb = 2\n',
      { key: 'a', state: 'absent' },
      '\uFEFFb = 2\n',
    ],
    [
      'a number beyond what JavaScript holds is not its neighbour',
      'a = 9007199254740993\n',
      { key: 'a', value: 2 ** 53 },
      'a = 9007199254740992\n',
    ],
    ['an empty text', '', { key: 'a.b', value: 1 }, '[a]\nb = 1\n'],
    ['a text of comments', '# only\n', { key: 'a', value: 1 }, '# only\na = 1\n'],
    [
      'an object becomes an inline table',
      'a = 1\n',
      { key: 'a', value: { 'b.c': [true], d: {} } },
      'a = { "b.c" = [true], d = {} }\n',
    ],
    [
      'signs are escaped',
      'a = 1\n',
      { key: 'a', value: '"\\\n\t\u007Fä' },
      'a = "\\"\\\\\\n\\t\\u007Fä"\n',
    ],
    ['a large number stays a number', 'a = 1\n', { key: 'a', value: 1e30 }, 'a = 1e30\n'],
    [
      'a number as it is written before is the same',
      'a = 1_000\nb = 0xFF\nc = 1e3\n',
      { key: 'c', value: 1000 },
      'a = 1_000\nb = 0xFF\nc = 1e3\n',
    ],
    [
      'absent takes the line',
      containerd,
      { key: 'root', state: 'absent' },
      containerd.replace(/root.*\n/, ''),
    ],
    [
      'absent takes a value of several lines',
      containerd,
      { key: 'timeouts.list', state: 'absent' },
      containerd.replace(/list = \[[^\]]*\]\n/, ''),
    ],
    [
      'absent takes a table with all below it',
      containerd,
      { key: cri, state: 'absent' },
      containerd
        .replace(/ {2}\[plugins\."io[^]*registry\]\n\n/, '    # how it stores\n')
        .replace('[plugins]\n    # how', '[plugins]\n    # how'),
    ],
    [
      'absent in an inline table',
      containerd,
      { key: [...cri, 'containerd', 'labels', 'a'], state: 'absent' },
      containerd.replace('a = 1, ', ''),
    ],
    [
      'absent takes the last of an inline table',
      containerd,
      { key: [...cri, 'containerd', 'labels', 'b'], state: 'absent' },
      containerd.replace(', b.c = "x"', ''),
    ],
    [
      'absent takes a list of tables',
      `${servers}[x]\ny = 1\n`,
      { key: 'servers', state: 'absent' },
      '[x]\ny = 1\n',
    ],
    [
      'absent takes dotted keys',
      'a.b = 1\nc = 1\na.d = 2\n',
      { key: 'a', state: 'absent' },
      'c = 1\n',
    ],
    ['absent where nothing is', containerd, { key: 'a.b', state: 'absent' }, containerd],
  ])('%s', (_, before, args, after) => {
    expect(edited(toml, before, args).toString()).toBe(after);
  });

  test('a file that is made holds the path', () => {
    const after = edited(toml, undefined, { key: 'a.b', value: [1], create: true });
    expect(after.toString()).toBe('[a]\nb = [1]\n');
  });
});

test.each<[string, unknown]>([
  ['"a\\tb\\u00e4\\U0001F600"', 'a\tbä😀'],
  ["'C:\\x'", 'C:\\x'],
  ['"""\na\\\n   b"c\n"""', 'ab"c\n'],
  ["'''\na'b\n'''", "a'b\n"],
  ['0o755', 493],
  ['0b11', 3],
  ['-1_000', -1000],
  ['+1.5e-3', 0.0015],
  ['inf', Infinity],
  ['[ # c\n [1], {a.b = 2, c = "}"},\n]', [[1], { a: { b: 2 }, c: '}' }]],
  ['9223372036854775807', 9223372036854775807n],
])('%s is read as TOML means it', (text, value) => {
  expect(tomlFormat.get(`a = ${text}\n`, ['a'])).toEqual(value);
});

test('a date is no text that looks like it', () => {
  const text = 'a = 1979-05-27 07:32:00Z # c\n';
  expect(tomlFormat.get(text, ['a'])).not.toBe('1979-05-27 07:32:00Z');
  expect(tomlFormat.set(text, ['a'], '1979').text).toBe('a = "1979" # c\n');
});

const words = fc.constantFrom('a', 'b', 'c', 'd.e', '1', '', ' x', '"', '#', 'ä');
const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
);
const leaf = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(words, scalar, { maxKeys: 2, noNullPrototype: true }),
);

test('whatever is set is there and all that was set before stays', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(words, { minLength: 1, maxLength: 3 }), leaf), { maxLength: 6 }),
      (settings) => {
        let text = '# first\nkept = 1 # c\n';
        const kept: (readonly [readonly string[], unknown])[] = [[['kept'], 1]];
        for (const [path, value] of settings) {
          const invalidated = kept.findIndex(([other]) => {
            const length = Math.min(other.length, path.length);
            return other.slice(0, length).join('\n') === path.slice(0, length).join('\n');
          });
          if (invalidated >= 0) continue;
          text = tomlFormat.set(text, path, value as never).text;
          kept.push([path, value]);
          for (const [other, is] of kept) expect(tomlFormat.get(text, other)).toEqual(is);
        }
        expect(text.startsWith('# first\nkept = 1 # c\n')).toBe(true);
        for (const [path] of kept.slice(1)) {
          text = tomlFormat.remove(text, path).text;
          expect(tomlFormat.get(text, path)).toBeUndefined();
        }
        expect(text.startsWith('# first\nkept = 1 # c\n')).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
