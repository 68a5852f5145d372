import { describe, expect, it } from 'vitest';
import { play } from '../../engine/dsl/declare.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { areAlike, copyOfData } from '../../engine/plan/alike.ts';
import { secret } from '../../engine/secrets/secret.ts';
import { collect, threeHosts } from './inventory.ts';

describe('values are alike', () => {
  it.each([
    [1, 1],
    [Number.NaN, Number.NaN],
    [undefined, undefined],
    ['a', 'a'],
    [
      [1, [2]],
      [1, [2]],
    ],
    [
      { a: { b: [1] }, c: undefined },
      { c: undefined, a: { b: [1] } },
    ],
    [Object.create(null), {}],
  ])('%j and %j', (one, other) => expect(areAlike(one, other)).toBe(true));

  it.each([
    [1, '1'],
    [null, {}],
    [[], {}],
    [
      [1, 2],
      [1, 2, 3],
    ],
    [{ a: undefined }, { b: undefined }],
    [{ a: 1 }, { a: 1, b: 2 }],
  ])('not %j and %j', (one, other) => expect(areAlike(one, other)).toBe(false));

  it('not where more than data may be in them', () => {
    for (const value of [Buffer.from('x'), new Date(0), new Map(), /x/]) {
      expect(areAlike({ value }, { value })).toBe(false);
    }
  });

  it('secrets only to themselves', () => {
    const value = secret('one');
    expect(areAlike({ value }, { value })).toBe(true);
    expect(areAlike({ value }, { value: secret('one') })).toBe(false);
  });
});

describe('a copy', () => {
  it('does not change with what it was taken of', () => {
    const data = { list: [{ a: 1 }] };
    const copy = copyOfData(data);
    expect(areAlike(copy, data)).toBe(true);
    data.list[0] = { a: 2 };
    expect(areAlike(copy, data)).toBe(false);
  });

  it('keeps what is more than data', () => {
    const bytes = Buffer.from('x');
    expect(copyOfData({ bytes })).toEqual({ bytes });
  });
});

describe('a playbook that changes its own data between two hosts', () => {
  it('declares for each host what the data was then', async () => {
    const inventory = await threeHosts();
    const shared = { message: '' };
    const plays = play({
      name: 'p',
      hosts: 'web',
      *tasks({ host }) {
        shared.message = host.name;
        yield debug('say', shared);
      },
    });
    const [plan] = collect(plays, inventory);
    const wants = plan?.hosts.flatMap(({ nodes }) =>
      nodes.map((node) => (node.node === 'task' ? node.want?.value : undefined)),
    );
    expect(wants).toMatchObject([
      { message: 'a' },
      undefined,
      { message: 'b' },
      undefined,
      { message: 'c' },
      undefined,
    ]);
  });
});
