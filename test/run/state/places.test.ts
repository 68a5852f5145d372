import { describe, expect, it, test } from 'vitest';
import { PlannedFiles } from '../../../engine/run/check/planned-files.ts';
import { Places } from '../../../engine/run/state/places.ts';

describe('one place for what is seen at several paths', () => {
  const root = { device: '8:1', root: '/', at: '/' };
  const data = { device: '8:2', root: '/', at: '/mnt/data' };
  const bound = { device: '8:2', root: '/web', at: '/srv/web' };
  const hiding = { device: '8:3', root: '/', at: '/srv/web' };

  test.each<[string, readonly (typeof root)[], string, string]>([
    ['a path of its own is its place', [], '/etc/a', '/etc/a'],
    ['what lies outside all mounts too', [data], '/etc/a', '/etc/a'],
    ['a folder of a like name is outside', [data], '/mnt/database', '/mnt/database'],
    ['a mounted folder', [data], '/mnt/data', '/\u00008:2'],
    ['what lies below it', [data], '/mnt/data/a/b', '/\u00008:2/a/b'],
    ['a folder that is bound elsewhere', [data, bound], '/srv/web/a', '/\u00008:2/web/a'],
    ['the same under its other name', [data, bound], '/mnt/data/web/a', '/\u00008:2/web/a'],
    ['the root', [root], '/', '/\u00008:1'],
    ['what lies in the root', [root], '/etc', '/\u00008:1/etc'],
    ['the deepest mount counts, whichever came first', [bound, root], '/srv/web', '/\u00008:2/web'],
    ['of two at one path the later', [bound, hiding], '/srv/web/a', '/\u00008:3/a'],
  ])('%s', (_, points, path, place) => {
    expect(new Places(points).of(path)).toBe(place);
  });

  it('of all below a path, what is mounted there among them', () => {
    const places = new Places([root, data, bound]);
    expect(places.below('/srv')).toEqual(['/\u00008:1/srv', '/\u00008:2/web']);
    expect(places.below('/srv/web')).toEqual(['/\u00008:2/web']);
    expect(places.below('/etc')).toEqual(['/\u00008:1/etc']);
  });
});

describe('files of the controller that a planned step writes', () => {
  const planned = new PlannedFiles();
  planned.add("'one'", ['/site/a', '/site/folder']);
  planned.add("'two'", ['/site/a/b']);

  test.each<[string | undefined, string | undefined]>([
    ['/site/a/b', "'two'"],
    ['/site/a/b/c', "'two'"],
    ['/site/a/c', "'one'"],
    ['/site/folder/x', "'one'"],
    ['/site', "'two'"],
    ['/site/ab', undefined],
    ['/site/folders', undefined],
    [undefined, "'two'"],
  ])('%s: the last that writes it, above it or below it is %s', (path, because) => {
    expect(planned.for(path)).toBe(because);
  });

  it('are none that a step of unknown files is known to write', () => {
    const unsure = new PlannedFiles();
    expect(unsure.for(undefined)).toBeUndefined();
    unsure.add("'script'", undefined);
    expect(unsure.for('/site/a')).toBeUndefined();
    expect(unsure.for(undefined)).toBe("'script'");
  });
});
