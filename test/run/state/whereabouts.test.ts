import { describe, expect, it } from 'vitest';
import { defineReader } from '../../../engine/module/reader.ts';
import { way as wayRead } from '../../../engine/module/read-ways.ts';
import { followWay, type Way } from '../../../engine/module/way.ts';
import { bare, waysBehind, Whereabouts } from '../../../engine/run/state/whereabouts.ts';

const parse = () => [];
const file = defineReader<string, string>({
  name: 'file',
  script: () => '',
  parse,
  dependsOn: (path) => [path],
});
const port = defineReader<number, string>({ name: 'port', script: () => '', parse });

/** A host of which these ways were asked, with these links. */
function host(
  asked: readonly string[],
  links: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, Partial<Way>>> = {},
): Whereabouts {
  const known = (path: string): readonly Way[] =>
    asked.includes(path) ? [{ ...followWay(path, (name) => links[name]), ...more[path] }] : [];
  return new Whereabouts(known);
}

describe('what an answer comes from', () => {
  it('is the path as it is, where no link is on the way', () => {
    expect(host(['/a/b']).rootsOf(file('/a/b'))).toMatchObject({
      at: ['/a/b'],
      within: [],
      inodes: [],
      adrift: false,
    });
  });

  it('is all below a folder, where it ends with a slash', () => {
    expect(host(['/a']).rootsOf(file('/a/'))).toMatchObject({ at: [], within: ['/a'] });
  });

  it('is each link on the way, and where it leads', () => {
    const { at } = host(['/cur/x'], { '/cur': '/v2' }).rootsOf(file('/cur/x'));
    expect(at.toSorted()).toEqual(['/cur', '/cur/x', '/v2/x']);
  });

  it('is the folders that it leaves by two dots', () => {
    const { at } = host(['/a/b/../c']).rootsOf(file('/a/b/../c'));
    expect(at.toSorted()).toEqual(['/a/b', '/a/c']);
  });

  it('is a file of several names by its number', () => {
    const { inodes } = host(['/a'], {}, { '/a': { inode: '1:2' } }).rootsOf(file('/a'));
    expect(inodes).toEqual(['1:2']);
  });

  it('is adrift where nobody could say where its path leads', () => {
    expect(host([]).rootsOf(file('/a')).adrift).toBe(true);
    expect(host(['/']).rootsOf(file('/a')).adrift).toBe(true);
    expect(host([]).rootsOf(port(80)).adrift).toBe(false);
  });

  it('is in check where a planned link will lead, and not where it leads now', () => {
    const planned = (path: string): Way =>
      followWay(path, (name) => (name === '/cur' ? '/v2' : undefined));
    const { at, adrift } = host(['/cur/x'], { '/cur': '/v1' }).rootsOf(file('/cur/x'), planned);
    expect(at.toSorted()).toEqual(['/cur', '/v2/x']);
    expect(adrift).toBe(false);
  });
});

describe('what a change reaches', () => {
  const reach = (of: Whereabouts, ...paths: readonly string[]) => {
    const found = of.reachOf({ paths });
    return found === 'everything' ? found : { ...found, at: found.at.toSorted() };
  };

  it('is everything, unless it says what', () => {
    expect(host([]).reachOf('everything')).toBe('everything');
    expect(reach(host([]))).toMatchObject({ at: [], inodes: [], folder: false });
  });

  it('is the thing under its real name, and the link that leads to it', () => {
    const links = host(['/cur'], { '/cur': '/v2' });
    expect(reach(links, '/cur/')).toMatchObject({ at: ['/cur', '/v2'] });
  });

  it('is what nobody asked for by the nearest folder that somebody did', () => {
    const links = { '/cur': '/v2' };
    expect(reach(host(['/cur'], links), '/cur/d/x')).toMatchObject({ at: ['/cur/d/x', '/v2/d/x'] });
    expect(reach(host(['/cur', '/cur/d'], links), '/cur/d/x')).toMatchObject({
      at: ['/cur/d/x', '/v2/d/x'],
    });
    expect(reach(host(['/'], {}), '/d/x')).toMatchObject({ at: ['/d/x'] });
    expect(reach(host(['/cur'], links), '/cur/d/../x')).toMatchObject({ at: ['/cur/x', '/v2/x'] });
    expect(reach(host(['/d/x']), '/e')).toMatchObject({ at: ['/e'] });
  });

  it('is the number of a file, and whether it is a folder', () => {
    const more = { '/a': { inode: '1:2' }, '/d': { folder: true } };
    expect(reach(host(['/a', '/d'], {}, more), '/a')).toMatchObject({
      inodes: ['1:2'],
      folder: false,
    });
    expect(reach(host(['/a', '/d'], {}, more), '/d', '/a')).toMatchObject({
      inodes: ['1:2'],
      folder: true,
    });
  });
});

describe('a file system that is mounted twice', () => {
  const points = [
    { at: '/', device: '8:1', root: '/' },
    { at: '/data', device: '8:2', root: '/' },
    { at: '/srv/www', device: '8:2', root: '/www' },
  ];

  it('has one place for a file under both paths', () => {
    const of = host(['/data/www/x', '/srv/www/x']);
    expect(of.mounted(points)).toBe(true);
    expect(of.placeOf('/data/www/x')).toBe(of.placeOf('/srv/www/x'));
    expect(of.placeOf('/data/x')).not.toBe(of.placeOf('/srv/www/x'));
    expect(of.rootsOf(file('/data/www/x')).at).toEqual(of.rootsOf(file('/srv/www/x')).at);
  });

  it('is reached by a change of a folder in which it is mounted', () => {
    const of = host(['/srv']);
    of.mounted(points);
    const reach = of.reachOf({ paths: ['/srv'] });
    expect(reach !== 'everything' && reach.at).toContain(of.placeOf('/data/www'));
  });

  it('gives places other names once, not each time that the table is read', () => {
    const of = host([]);
    expect(of.mounted([])).toBe(false);
    expect(of.mounted(points)).toBe(true);
    expect(of.mounted(points)).toBe(false);
    expect(of.mounted(points.slice(0, 1))).toBe(true);
    expect(of.placeOf('/data/www/x')).not.toBe(of.placeOf('/srv/www/x'));
  });
});

describe('paths whose ways are asked with reads', () => {
  it('are those that their answers come from, each once and without its last slash', () => {
    const reads = [file('/a/'), file('/a'), file('/'), port(80), wayRead('/w')];
    expect([...waysBehind(reads)]).toEqual(['/a', '/']);
    expect(bare('/a//')).toBe('/a');
    expect(bare('/')).toBe('/');
  });
});
