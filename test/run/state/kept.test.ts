import { describe, expect, it } from 'vitest';
import { defineReader, type Read } from '../../../engine/module/reader.ts';
import type { Invalidates } from '../../../engine/module/plan.ts';
import {
  changesSomething,
  Kept,
  reaches,
  type Reach,
  type Roots,
} from '../../../engine/run/state/kept.ts';
import { PlaceTree } from '../../../engine/run/state/place-tree.ts';

const parse = () => [];
const file = defineReader<string, string>({ name: 'file', script: () => '', parse });
const unit = defineReader<string, string>({ name: 'unit', script: () => '', parse });
const facts = defineReader<string, string>({
  name: 'facts',
  script: () => '',
  parse,
  dependsOnEverything: () => true,
});

const from = (read: Read<unknown>, roots: Partial<Roots> = {}): Roots => ({
  read,
  at: [],
  within: [],
  inodes: [],
  adrift: false,
  ...roots,
});

const answers = {
  plain: from(file('/a/b'), { at: ['/a/b'] }),
  below: from(file('/a/b/c'), { at: ['/a/b/c'] }),
  folder: from(unit('x'), { within: ['/etc/units'] }),
  linked: from(file('/l'), { at: ['/l'], inodes: ['1:2'] }),
  other: from(file('/m'), { at: ['/m'], inodes: ['1:3'] }),
  adrift: from(file('/lost'), { adrift: true }),
  always: from(facts('')),
};

const of = (
  invalidates: Exclude<Invalidates, 'everything'>,
  reach: Partial<Exclude<Reach, 'everything'>> = {},
) => ({ invalidates, at: [], inodes: [], folder: false, ...reach });

function invalidated(
  reach: Exclude<Reach, 'everything'>,
  without: readonly string[] = [],
): unknown {
  const kept = new Kept<string>();
  for (const [key, roots] of Object.entries(answers)) kept.add(key, roots);
  for (const [key, roots] of Object.entries(answers)) {
    if (without.includes(key)) kept.remove(key, roots);
  }
  return [...kept.invalidatedBy(reach)].toSorted();
}

const inOneFolder = { paths: ['/a/b'] };

describe('a change reaches', () => {
  it('a path, what lies below it, what nobody could place, and what hangs on everything', () => {
    const reach = of(inOneFolder, { at: ['/a/b'] });
    expect(invalidated(reach)).toEqual(['adrift', 'always', 'below', 'plain']);
  });

  it('the folder that it lies in, whose times are others, and not what lies beside it', () => {
    expect(invalidated(of({ paths: ['/a/b/x'] }, { at: ['/a/b/x'] }))).toEqual([
      'adrift',
      'always',
      'plain',
    ]);
    expect(invalidated(of({ paths: ['/a/bc'] }, { at: ['/a/bc'] }))).toEqual(['adrift', 'always']);
  });

  it('what is about all in a folder, by whatever lies in it', () => {
    const reach = of({ paths: ['/etc/units/d/x'] }, { at: ['/etc/units/d/x'] });
    expect(invalidated(reach)).toEqual(['adrift', 'always', 'folder']);
  });

  it('a file under its other names, and folders in which it may have one', () => {
    const reach = of({ paths: ['/x'] }, { at: ['/x'], inodes: ['1:2'] });
    expect(invalidated(reach)).toEqual(['adrift', 'always', 'folder', 'linked']);
  });

  it('every file of several names, where it is a folder that may hold one of them', () => {
    const reach = of({ paths: ['/x'] }, { at: ['/x'], folder: true });
    expect(invalidated(reach)).toEqual(['adrift', 'always', 'linked', 'other']);
  });

  it('all of a reader, or one read, and no paths', () => {
    expect(invalidated(of({ readers: ['unit'] }))).toEqual(['always', 'folder']);
    expect(invalidated(of({ reads: [file('/l')] }))).toEqual(['always', 'linked']);
  });

  it('nothing where it says that it invalidates nothing', () => {
    expect(invalidated(of({}))).toEqual([]);
    expect(invalidated(of({ paths: [], readers: [], reads: [] }))).toEqual([]);
    expect(changesSomething({ reads: [file('/l')] })).toBe(true);
  });

  it('nothing that was forgotten', () => {
    const all = Object.keys(answers);
    const everything: Invalidates = {
      paths: ['/'],
      readers: ['file', 'unit'],
      reads: [file('/l')],
    };
    const reach = of(everything, { at: ['/'], inodes: ['1:2', '1:3'], folder: true });
    expect(invalidated(reach)).toEqual(all.toSorted());
    expect(invalidated(reach, ['linked', 'folder'])).toEqual([
      'adrift',
      'always',
      'below',
      'other',
      'plain',
    ]);
    expect(invalidated(reach, all)).toEqual([]);
  });
});

describe('whether a change reaches one answer', () => {
  it('is said as for many', () => {
    expect(reaches('everything', answers.plain)).toBe(true);
    const reach = of(inOneFolder, { at: ['/a/b'] });
    expect(reaches(reach, answers.plain)).toBe(true);
    expect(reaches(reach, answers.linked)).toBe(false);
  });
});

describe('what lies at places', () => {
  it('is as many things as are there, and goes one by one', () => {
    const tree = new PlaceTree<string>();
    const below = (place: string): readonly string[] => {
      const found = new Set<string>();
      tree.invalidatedBy(place, found);
      return [...found].toSorted();
    };
    tree.add('/a', 'one', false);
    tree.add('/a', 'two', false);
    tree.add('/a/b/c', 'three', false);
    tree.add('/a/b', 'all', true);
    expect(below('/')).toEqual(['all', 'one', 'three', 'two']);
    tree.remove('/a', 'one');
    tree.remove('/none/here', 'one');
    expect(below('/a')).toEqual(['all', 'three', 'two']);
    tree.remove('/a/b/c', 'three');
    expect(below('/a/b/x')).toEqual(['all']);
    tree.remove('/a/b', 'all');
    expect(below('/a/b')).toEqual(['two']);
    expect(below('/a/x')).toEqual(['two']);
  });

  it('is the same with slashes more or less', () => {
    const tree = new PlaceTree<string>();
    tree.add('/a//b/', 'one', false);
    const found = new Set<string>();
    tree.invalidatedBy('/a/b', found);
    expect([...found]).toEqual(['one']);
  });
});
