import { isDeepStrictEqual } from 'node:util';

it('compared as data, secrets differ when their texts do', () => {
  expect(isDeepStrictEqual(secret('a'), secret('a'))).toBe(true);
  expect(isDeepStrictEqual(secret('a'), secret('b'))).toBe(false);
});
