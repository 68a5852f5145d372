import { inspect, isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { derivedSecret } from '../../engine/secrets/derived.ts';
import { isSecret, reveal, secret } from '../../engine/secrets/secret.ts';

describe('a secret', () => {
  it('throws when it is turned into text', () => {
    const token = secret('hunter2');
    expect(() => [token].join('')).toThrow('a Secret was used as text');
    expect(() => token.toString()).toThrow('a Secret was used as text');
  });

  it('throws when it becomes a part of JSON, which may be meant for a host', () => {
    expect(() => JSON.stringify({ token: secret('hunter2') })).toThrow('a Secret was used as text');
  });

  it('shows as *** wherever data is shown', () => {
    expect(inspect({ token: secret('hunter2') })).toBe('{ token: *** }');
    expect(inspect(secret('hunter2'))).toBe('***');
  });

  it('gives its text only to reveal', () => {
    expect(reveal(secret('hunter2'))).toBe('hunter2');
    expect(isSecret(secret('hunter2'))).toBe(true);
    expect(isSecret('hunter2')).toBe(false);
    expect(isSecret(null)).toBe(false);
  });

  it('of another copy of the engine is refused where its text is needed', () => {
    const other: unknown = Object.assign(Object.create(null), {
      [Symbol.for('tsplay.secret')]: 'x',
    });
    expect(() => isSecret(other) && reveal(other)).toThrow('another copy of tsplay');
  });

  it('that is made of a secret is one', () => {
    const header = derivedSecret(secret('hunter2'), (plain) => `user:${plain}`);
    expect(isSecret(header)).toBe(true);
    expect(reveal(header)).toBe('user:hunter2');
  });

  it('differs from another, compared as data, when their texts do', () => {
    expect(isDeepStrictEqual(secret('a'), secret('a'))).toBe(true);
    expect(isDeepStrictEqual(secret('a'), secret('b'))).toBe(false);
  });
});
