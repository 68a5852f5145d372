import { expect, test } from 'vitest';
import { leadsUp, pathBelow, staysBelow } from '../../engine/module/host-path.ts';
import { absolutePath } from '../../engine/modules/shared/argument.ts';
import { listing } from '../../engine/readers/files/listing.ts';
import { tree } from '../../engine/readers/files/tree.ts';

test.each(['/a/b', '/a/b/c d', '/a/..b'])('%j is below /a', (path) => {
  expect(pathBelow('/a', path)).toBe(path);
});

test.each(['/a', '/a/', '/ab', '/a/../b', '/a/b/..', '/a//b', '/a/./b', 'a/b', '/b/a', ''])(
  '%j is not below /a',
  (path) => {
    expect(() => pathBelow('/a', path)).toThrow(/not below \/a/);
  },
);

test('everything plain is below the root', () => {
  expect(pathBelow('/', '/etc/passwd')).toBe('/etc/passwd');
  expect(() => pathBelow('/', '/..')).toThrow(/not below/);
});

test('only parts that are two dots lead up', () => {
  expect(['..', 'a/..', '../a', '/..'].every(leadsUp)).toBe(true);
  expect(['a..', '..a/b', '...'].some(leadsUp)).toBe(false);
  expect(['a', 'a/b'].every(staysBelow)).toBe(true);
  expect(['', '/a', 'a/', './a', 'a/../b'].some(staysBelow)).toBe(false);
});

test('a path on a host with parts that lead up is no argument', () => {
  expect(absolutePath.safeParse('/srv/../etc/shadow').success).toBe(false);
  expect(absolutePath.safeParse('/srv/..data/x').success).toBe(true);
});

const stat = '81a4:0:0:1:1:1:1:1:1:root:root';

test.each(['/srv/../etc/passwd', '/etc/passwd', '/srv', '/srv/x/../../y'])(
  'a listing or a tree that names %j is no answer',
  (path) => {
    const output = { stdout: Buffer.from(`Mv//=${stat}:${path}\nM.`), stderr: '', code: 0 };
    expect(() => listing.definition.parse(output, [{ path: '/srv' }], 'M')).toThrow(/not below/);
    expect(() => tree.definition.parse(output, ['/srv'], 'M')).toThrow(/not below/);
  },
);
