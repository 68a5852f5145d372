import { describe, expect, it } from 'vitest';
import { holdsSecret, withoutMeasures } from '../../engine/secrets/holds-secret.ts';
import { secret } from '../../engine/secrets/secret.ts';

const hidden = secret('hunter2');

describe('a secret is in', () => {
  it.each([
    ['itself', hidden],
    ['a list', ['a', hidden]],
    ['a record', { password: hidden }],
    ['a map', new Map([['password', hidden]])],
    ['a set', new Set([hidden])],
    ['content that is secret', { copy: { kind: 'content', secret: true } }],
    ['data of any depth', Array.from({ length: 50 }).reduce((inner) => ({ inner }), hidden)],
  ])('%s', (_, value) => {
    expect(holdsSecret(value)).toBe(true);
  });
});

describe('no secret is in', () => {
  const itself: unknown[] = [];
  itself.push(itself, { itself });
  it.each([
    ['a text', 'hunter2'],
    ['nothing', null],
    ['a list', ['a', 1, null, undefined]],
    ['a map and a set', [new Map([['a', 1]]), new Set(['b'])]],
    ['bytes', Object.assign(Buffer.from('x'), { of: hidden })],
    ['content that is not', { kind: 'content', secret: false, open: hidden }],
    ['data that holds itself', itself],
  ])('%s', (_, value) => {
    expect(holdsSecret(value)).toBe(false);
  });

  it('is asked of all that only looks like content', () => {
    expect(holdsSecret({ kind: 'content', plain: hidden })).toBe(true);
    expect(holdsSecret({ kind: 'file', secret: false, plain: hidden })).toBe(true);
    expect(holdsSecret({ secret: true })).toBe(false);
  });
});

describe('what a step with secrets tells', () => {
  it('is without digests and sizes, at any depth', () => {
    const result = {
      path: '/a',
      digest: 'abc',
      size: 3,
      parts: [{ size: 1, name: 'x' }],
      of: { digest: 'd' },
    };
    expect(withoutMeasures(result)).toEqual({ path: '/a', parts: [{ name: 'x' }], of: {} });
  });

  it('is otherwise as it was', () => {
    const time = new Date(0);
    expect(withoutMeasures({ time, none: null, text: 'size' })).toEqual({
      time,
      none: null,
      text: 'size',
    });
    expect(withoutMeasures('digest')).toBe('digest');
  });
});
