import { expect, test } from 'vitest';
import { z } from 'zod';
import { secretText, secretTextThat } from '../../engine/secrets/schema.ts';
import { isSecret, secret } from '../../engine/secrets/secret.ts';

test('a text becomes a secret, and a secret stays one', () => {
  expect(isSecret(secretText.parse('hunter2'))).toBe(true);
  const given = secret('hunter2');
  expect(secretText.parse(given)).toBe(given);
});

test('a form is asked of the plain text, and the error does not quote it', () => {
  const short = z.strictObject({
    pass: secretTextThat((plain) => (plain.length > 8 ? 'has more than 8 characters' : undefined)),
  });
  expect(short.safeParse({ pass: secret('eight888') }).success).toBe(true);
  for (const pass of ['transwarp', secret('transwarp')]) {
    const { error } = short.safeParse({ pass });
    expect(error?.issues).toMatchObject([
      { path: ['pass'], message: 'has more than 8 characters' },
    ]);
    expect(JSON.stringify(error?.issues)).not.toContain('transwarp');
  }
});

test('what is neither text nor secret is refused in words', () => {
  expect(secretText.safeParse(5).error?.issues[0]?.message).toBe('expected a text or a secret');
  expect(secretTextThat(() => undefined).safeParse(5).success).toBe(false);
});
