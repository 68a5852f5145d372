import { expect, test } from 'vitest';
import { Redactor } from '../../engine/secrets/redact.ts';

test('any number and size of secrets is hidden', () => {
  const redactor = new Redactor(() => []);
  const keys = Array.from({ length: 200 }, (_, index) => `key-${index}-${'x'.repeat(index * 20)}`);
  const file = Array.from({ length: 40_000 }, (_, index) => `line ${index * 7919}`).join('\n');
  for (const plain of [...keys, file]) redactor.add(plain);
  for (const plain of [...keys, file]) expect(redactor.text(`a ${plain} b`)).toBe('a *** b');
});

test('thousands of secrets that begin alike are told apart', () => {
  const redactor = new Redactor(() => []);
  for (let index = 0; index < 3000; index++) redactor.add(`secret-value-${index}.`);
  expect(redactor.text('secret-value-2999. secret-value-3000.')).toBe('*** secret-value-3000.');
});

test('what is searched for is looked at once, though nearly all of it is there again and again', () => {
  const redactor = new Redactor(() => []);
  redactor.add('a'.repeat(1_000_000));
  const shown = redactor.text(`${'a'.repeat(999_999)}b`.repeat(5));
  expect(shown).toBe('***b'.repeat(5));
});
