import { expect, test } from 'vitest';
import { isSecret, reveal, secret } from '../../engine/secrets/secret.ts';
import { text } from '../../engine/template/text.ts';

test('the indentation of the code is taken away, that of the text is kept', () => {
  const made = text`
    server {
      listen ${80};

    }
  `;
  expect(made).toBe('server {\n  listen 80;\n\n}\n');
});

test('a value of several lines keeps the indentation of its line', () => {
  const list = '- a\n- b';
  expect(text`
    items:
      ${list}
    end
  `).toBe('items:\n  - a\n  - b\nend\n');
});

test('escapes mean what they mean in TypeScript and do not count as lines of the code', () => {
  expect(text`
    a\tb\nc \\ \u20ac \${x} \x41
  `).toBe('a\tb\nc \\ € ${x} A\n');
});

test('a text on one line stays as it is', () => {
  expect(text`  a ${true} `).toBe('  a true ');
});

test('with a secret in it the whole text is secret', () => {
  const made = text`password=${secret('hunter2')}`;
  expect(isSecret(made)).toBe(true);
  expect(isSecret(made) && reveal(made)).toBe('password=hunter2');
});

test('a value that is no text is refused', () => {
  const nothing = undefined as unknown as string;
  expect(() => text`a ${nothing}`).toThrow('the value is undefined');
});
