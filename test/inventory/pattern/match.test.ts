import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchPattern, type Names } from '../../../engine/inventory/pattern/match.ts';
import { parsePlayPattern } from '../../../engine/inventory/pattern/pattern.ts';

const hosts = ['w01', 'w02', 'w03', 'db1', 'db2', 'lone.example.org'];
const names: Names = {
  hosts,
  groups: new Map([
    ['all', hosts],
    ['web', ['w01', 'w02', 'w03']],
    ['db', ['db1', 'db2']],
    ['prod', ['w01', 'w02', 'db1']],
    ['old', ['w02']],
    ['empty', []],
  ]),
  hasHost: (name) => name === 'localhost' || hosts.includes(name),
};

describe('patterns', () => {
  it.each([
    ['all', hosts],
    ['*', hosts],
    ['web', ['w01', 'w02', 'w03']],
    ['w01', ['w01']],
    ['lone.example.org', ['lone.example.org']],
    ['web:db', ['w01', 'w02', 'w03', 'db1', 'db2']],
    ['db,w01', ['w01', 'db1', 'db2']],
    ['web:&prod', ['w01', 'w02']],
    ['web:&prod:!old', ['w01']],
    ['!old:web', ['w01', 'w03']],
    ['&prod,web', ['w01', 'w02']],
    ['!web', ['db1', 'db2', 'lone.example.org']],
    ['&db', ['db1', 'db2']],
    ['all:!web', ['db1', 'db2', 'lone.example.org']],
    ['w0*', ['w01', 'w02', 'w03']],
    ['*.example.org', ['lone.example.org']],
    ['w0?', ['w01', 'w02', 'w03']],
    ['d*', ['db1', 'db2']],
    ['w0[!2]', ['w01', 'w03']],
    ['w0[1-2]', ['w01', 'w02']],
    ['~w0[13]', ['w01', 'w03']],
    ['~(w|d).*1$', ['w01', 'db1']],
    ['~w0\\d{1,2}:!old', ['w01', 'w03']],
    ['~(?:w01|db2)', ['w01', 'db2']],
    ['~b1', undefined],
    ['web[0]', ['w01']],
    ['web[-1]', ['w03']],
    ['web[-2]', ['w02']],
    ['web[1:2]', ['w02', 'w03']],
    ['web[0-1]', ['w01', 'w02']],
    ['web[1:]', ['w02', 'w03']],
    ['web[:1]', ['w01', 'w02']],
    ['web[5:9]', []],
    ['w*[-1]', ['w03']],
    ['w0[-]', undefined],
    ['w0[0-]', undefined],
    ['w0[-1-]', ['w01']],
    ['web[0-10]', ['w01', 'w02', 'w03']],
    ['web[:]', ['w01', 'w02', 'w03']],
    ['all[0]', ['w01']],
    ['empty', []],
    ['empty[0]', []],
    ['web:!web[0]', ['w02', 'w03']],
    ['localhost', ['localhost']],
    [' web : &prod ', ['w01', 'w02']],
  ])('%s is %j', (pattern, found) => {
    if (found === undefined) expect(() => matchPattern(pattern, names)).toThrow('matches no host');
    else expect(matchPattern(pattern, names)).toEqual(found);
  });

  it('w0[13] is a glob where no group is called w0, also when it excludes', () => {
    expect(matchPattern('w0[13]', names)).toEqual(['w01', 'w03']);
    expect(matchPattern('w*:!w0[13]', names)).toEqual(['w02']);
  });

  it('w0[13] is refused where a group is called w0 and hosts match the glob', () => {
    const both = { ...names, groups: new Map([...names.groups, ['w0', ['w01', 'w02']]]) };
    expect(() => matchPattern('w*:!w0[13]', both)).toThrow(
      "'w0[13]' could be a position in the group 'w0' or the glob for w01, w03",
    );
    expect(matchPattern('w0[1:1]', both)).toEqual(['w02']);
  });

  it.each([
    ['', 'is empty'],
    [' : , ', 'is empty'],
    ['wbe', "no host or group 'wbe'"],
    ['web:!odl', "no host or group 'odl'"],
    ['x*', "'x*' matches no host and no group"],
    ['web:!x*', "'x*' matches no host and no group"],
    ['~(', 'not a regular expression'],
    ['web[9]', "'web[9]': web has 3 hosts only"],
    ['web[-4]', 'web has 3 hosts only'],
    ['web:!', "'!' excludes or intersects nothing"],
    ['web[1', 'brackets are left open'],
    ['@file', 'for --limit only'],
  ])('%j is refused: %s', (pattern, message) => {
    expect(() => matchPattern(pattern, names)).toThrow(message);
  });

  it('an unknown name comes with a guess', () => {
    const hintOf = (pattern: string): unknown => {
      try {
        return matchPattern(pattern, names);
      } catch (error) {
        return error instanceof Error && 'hint' in error ? error.hint : error;
      }
    };
    expect(hintOf('wbe')).toBe("did you mean 'web'?");
    expect(hintOf('w0l')).toBe("did you mean 'w01'?");
    expect(hintOf('zzz')).toBe('play inventory --graph shows their names');
  });

  it('union, intersection and exclusion are set operations, in any order of the parts', () => {
    const groups = fc.array(fc.constantFrom('web', 'db', 'prod', 'old', 'empty'), { maxLength: 3 });
    const parts = fc.record({ plain: groups, and: groups, not: groups, turn: fc.nat(8) });
    fc.assert(
      fc.property(parts, ({ plain, and, not, turn }) => {
        const written = [
          ...plain,
          ...and.map((name) => `&${name}`),
          ...not.map((name) => `!${name}`),
        ];
        fc.pre(written.length > 0);
        const at = turn % written.length;
        const turned = [...written.slice(at), ...written.slice(0, at)];
        const inside = (group: string, host: string): boolean =>
          names.groups.get(group)?.includes(host) ?? false;
        const expected = hosts.filter(
          (host) =>
            (plain.length === 0 || plain.some((group) => inside(group, host))) &&
            and.every((group) => inside(group, host)) &&
            !not.some((group) => inside(group, host)),
        );
        expect(matchPattern(turned.join(':'), names)).toEqual(expected);
        expect(matchPattern(turned.join(','), names)).toEqual(expected);
      }),
    );
  });

  it('a glob of a name with its letters replaced by ? or * finds that host', () => {
    fc.assert(
      fc.property(fc.constantFrom(...hosts), fc.nat(20), fc.boolean(), (host, at, star) => {
        const place = at % host.length;
        const glob = host.slice(0, place) + (star ? '*' : '?') + host.slice(place + 1);
        expect(matchPattern(glob, names)).toContain(host);
      }),
    );
  });
});

describe('a group of a play that an inventory need not have', () => {
  const hostsOf = (text: string) => matchPattern(parsePlayPattern(text), names);

  it.each([
    ['web?', ['w01', 'w02', 'w03']],
    ['empty?', []],
    ['absent?', []],
    ['absent?:db?', ['db1', 'db2']],
    ['absent?:!db?', []],
    ['web?:!old?', ['w01', 'w03']],
    ['all:&absent?', []],
    ['~w0?', ['w01', 'w02', 'w03']],
  ])('%s', (text, found) => {
    expect(hostsOf(text)).toEqual(found);
  });

  it('is not taken for the glob that matches other hosts', () => {
    expect(() => hostsOf('w0?')).toThrow(
      "'w0?' is the group 'w0', which may be absent, or the glob for w01, w02, w03",
    );
  });

  it('is a glob as before in --limit', () => {
    expect(matchPattern('w0?', names)).toEqual(['w01', 'w02', 'w03']);
  });
});
