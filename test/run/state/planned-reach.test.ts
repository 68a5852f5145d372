import { describe, expect, it, test } from 'vitest';
import type { Invalidates } from '../../../engine/module/plan.ts';
import { defineReader, type Read } from '../../../engine/module/reader.ts';
import type { Reach, Roots } from '../../../engine/run/state/kept.ts';
import { PlannedReach } from '../../../engine/run/state/planned-reach.ts';

const parse = () => [];
const file = defineReader<string, string>({ name: 'file', script: () => '', parse });
const unit = defineReader<string, string>({ name: 'unit', script: () => '', parse });
const query = defineReader<string, string>({
  name: 'query',
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
const at = (path: string, more: Partial<Roots> = {}): Roots =>
  from(file(path), { at: [path], ...more });

type Some = Exclude<Reach, 'everything'>;

/** A planned step that invalidates paths of these places, and what else is said. */
const of = (
  paths: readonly string[],
  more: Partial<Some> = {},
  invalidates: Invalidates = {},
): Some => ({
  invalidates: {
    ...(paths.length > 0 && { paths }),
    ...(invalidates === 'everything' ? {} : invalidates),
  },
  at: paths,
  inodes: [],
  folder: false,
  ...more,
});

function planned(...steps: readonly Some[]): PlannedReach {
  const reach = new PlannedReach();
  for (const [index, step] of steps.entries()) reach.add(step, `step ${index + 1}`);
  return reach;
}

describe('a planned step may change', () => {
  test.each<[string, Some, Roots, boolean]>([
    ['the path that it invalidates', of(['/a/b']), at('/a/b'), true],
    ['what lies below it', of(['/a/b']), at('/a/b/c/d'), true],
    ['not what lies beside it', of(['/a/b']), at('/a/bc'), false],
    ['not the folder above it', of(['/a/b']), at('/a'), false],
    ['all, where it invalidates the root', of(['/']), at('/a'), true],
    [
      'what is read of all below a folder',
      of(['/a/b/c']),
      from(file('x'), { within: ['/a'] }),
      true,
    ],
    [
      'that also where it invalidates a folder above',
      of(['/a']),
      from(file('x'), { within: ['/a/b'] }),
      true,
    ],
    [
      'not what is read of all below another',
      of(['/a/b']),
      from(file('x'), { within: ['/a/c'] }),
      false,
    ],
    ['a file under another name', of([], { inodes: ['1:2'] }), at('/l', { inodes: ['1:2'] }), true],
    [
      'not another file of several names',
      of([], { inodes: ['1:2'] }),
      at('/l', { inodes: ['1:3'] }),
      false,
    ],
    ['what nobody could place', of(['/a']), from(file('x'), { adrift: true }), true],
    [
      'not that by a name alone',
      of([], {}, { readers: ['unit'] }),
      from(file('x'), { adrift: true }),
      false,
    ],
    ['all of a kind', of([], {}, { readers: ['unit'] }), from(unit('x')), true],
    ['not another kind', of([], {}, { readers: ['unit'] }), at('/a'), false],
    ['one question', of([], {}, { reads: [unit('x')] }), from(unit('x')), true],
    ['not another of that kind', of([], {}, { reads: [unit('x')] }), from(unit('y')), false],
    ['what looks at everything, by a path', of(['/a']), from(query('q')), true],
    [
      'what looks at everything, by a name',
      of([], {}, { readers: ['unit'] }),
      from(query('q')),
      true,
    ],
    ['nothing, where it invalidates nothing', of([]), from(query('q')), false],
  ])('%s', (_, step, roots, reached) => {
    expect(planned(step).changing(roots)).toBe(reached ? 'step 1' : undefined);
  });
});

describe('a planned step may bring what is absent', () => {
  test.each<[string, Some, Roots, boolean]>([
    ['the very path', of(['/a/b']), at('/a/b'), true],
    ['not what is below its folder: that it would predict', of(['/a']), at('/a/b'), false],
    [
      'something below a folder that is read',
      of(['/a/b']),
      from(unit('x'), { within: ['/a'] }),
      true,
    ],
    ['nothing below another', of(['/a/b']), from(unit('x'), { within: ['/c'] }), false],
    ['a thing by its kind', of([], {}, { readers: ['unit'] }), from(unit('x')), true],
    ['a thing by its name', of([], {}, { reads: [unit('x')] }), from(unit('x')), true],
    [
      'what a command looks for, by a name',
      of([], {}, { readers: ['unit'] }),
      from(query('q')),
      true,
    ],
    ['not by a path alone, which it would predict', of(['/a']), from(query('q')), false],
  ])('%s', (_, step, roots, brings) => {
    expect(planned(step).bringing(roots)).toBe(brings ? 'step 1' : undefined);
  });
});

it('a file of several names may be changed under another one of them', () => {
  const reach = planned(of(['/a'], { inodes: ['1:2'] }));
  expect(reach.changingInode(at('/b', { inodes: ['1:2'] }))).toBe('step 1');
  expect(reach.changingInode(at('/b', { inodes: ['1:3'] }))).toBeUndefined();
  expect(reach.changingInode(at('/a'))).toBeUndefined();
});

describe('of several planned steps the last that reaches it is named', () => {
  const nothing = of(['/elsewhere']);

  test.each<[string, readonly Some[], Roots, string]>([
    ['at one path', [of(['/a']), of(['/a']), nothing], at('/a'), 'step 2'],
    ['above it', [of(['/a/b']), of(['/a']), nothing], at('/a/b'), 'step 2'],
    ['below what is above it', [of(['/a']), of(['/a/b']), nothing], at('/a/b/c'), 'step 2'],
    [
      'below a folder',
      [of(['/a/b']), of(['/a/c']), nothing],
      from(file('x'), { within: ['/a'] }),
      'step 2',
    ],
    [
      'above a folder',
      [of(['/a/b/c']), of(['/a']), nothing],
      from(file('x'), { within: ['/a/b'] }),
      'step 2',
    ],
    [
      'by path or by name',
      [of([], {}, { readers: ['file'] }), of(['/a']), nothing],
      at('/a'),
      'step 2',
    ],
    [
      'by name or by path',
      [of(['/a']), of([], {}, { readers: ['file'] }), nothing],
      at('/a'),
      'step 2',
    ],
    [
      'by kind and by name',
      [of([], {}, { reads: [unit('x')] }), of([], {}, { readers: ['unit'] }), nothing],
      from(unit('x')),
      'step 2',
    ],
    [
      'whatever it is',
      [of(['/a']), of([], {}, { reads: [unit('x')] }), of([])],
      from(query('q')),
      'step 2',
    ],
  ])('%s', (_, steps, roots, last) => {
    expect(planned(...steps).changing(roots)).toBe(last);
  });
});
