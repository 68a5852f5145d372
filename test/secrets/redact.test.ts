import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Redactor } from '../../engine/secrets/redact.ts';
import { secret } from '../../engine/secrets/secret.ts';

const knowing = (...plain: string[]): Redactor => {
  const redactor = new Redactor(() => []);
  for (const each of plain) redactor.add(secret(each));
  return redactor;
};

test('a secret is hidden inside other text', () => {
  expect(knowing('hunter2').text('login root:hunter2@host')).toBe('login root:***@host');
});

test('secrets made anywhere in the run are known without being told', () => {
  const redactor = new Redactor();
  const before = redactor.text('a-late-password');
  secret('a-late-password');
  expect([before, redactor.text('a-late-password')]).toEqual(['a-late-password', '***']);
});

test('the forms in which it travels are hidden too', () => {
  const plain = `p"ä&'s/+=`;
  const redactor = knowing(plain);
  const forms = [
    JSON.stringify({ plain }),
    `https://u:${encodeURIComponent(plain)}@h/`,
    new URLSearchParams({ q: plain }).toString(),
    Buffer.from(plain).toString('base64'),
    Buffer.from(plain).toString('base64url'),
    `printf %s '${plain.replaceAll("'", "'\\''")}'`,
  ];
  expect(forms.map((form) => redactor.text(form))).toMatchInlineSnapshot(`
    [
      "{"plain":"***"}",
      "https://u:***@h/",
      "q=***",
      "***",
      "***",
      "printf %s '***'",
    ]
  `);
});

test('base64 of something longer does not show it', () => {
  const redactor = knowing('correct horse');
  for (const user of ['a', 'ab', 'abc', 'abcd']) {
    const header = Buffer.from(`${user}:correct horse!`).toString('base64');
    const shown = redactor.text(header);
    expect(Buffer.from(shown.replace('***', ''), 'base64').toString()).not.toMatch(/orre|hors/);
  }
});

test('each line of a key is hidden, short lines stay', () => {
  const key = '-----BEGIN KEY-----\nMIIabcdef\n}\n-----END KEY-----\n';
  expect(knowing(key).text('x MIIabcdef y } z')).toBe('x *** y } z');
});

test('very short secrets are hidden as whole words only', () => {
  expect(knowing('no').text('no, nothing known: no')).toBe('***, nothing known: ***');
});

test('an empty secret hides nothing', () => {
  expect(knowing('').text('as it was')).toBe('as it was');
});

test('of two secrets the longer one is hidden whole', () => {
  expect(knowing('pass', 'password1').text('password1 pass')).toBe('*** ***');
});

test('data is copied with clean texts, Secrets and bytes left out', () => {
  const redactor = knowing('hunter2');
  const data = {
    list: ['x hunter2', secret('other')],
    'key hunter2': 1,
    bytes: Buffer.from('hunter2'),
    map: new Map([['a', 'hunter2']]),
    set: new Set(['hunter2']),
    nothing: null,
    time: new Date(0),
  };
  expect(redactor.data(data)).toEqual({
    list: ['x ***', '***'],
    'key ***': 1,
    bytes: '(7 bytes)',
    map: { a: '***' },
    set: ['***'],
    nothing: null,
    time: '1970-01-01T00:00:00.000Z',
  });
});

test('no text that holds a secret of four characters or more keeps it', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 4, maxLength: 30, unit: 'binary' }),
      fc.string(),
      fc.string(),
      (plain, before, after) => {
        fc.pre(plain.trim().length >= 4 && !plain.includes('*'));
        const shown = knowing(plain).text(before + plain + after);
        expect(shown).toContain('***');
        expect(shown).not.toContain(plain);
      },
    ),
  );
});
