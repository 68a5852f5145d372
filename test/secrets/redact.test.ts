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
    `declare -- x=p\\"ä\\&\\'s/+=`,
  ];
  expect(forms.map((form) => redactor.text(form))).toMatchInlineSnapshot(`
    [
      "{"plain":"***"}",
      "https://u:***@h/",
      "q=***",
      "***",
      "***",
      "printf %s '***'",
      "declare -- x=***",
    ]
  `);
});

test('backslashes are doubled in the literals of most languages', () => {
  expect(knowing('p"a\\ss').text(`'p"a\\\\ss'`)).toBe(`'***'`);
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

test('a part of a long secret is hidden, as output that was cut has it', () => {
  const key = Array.from({ length: 400 }, (_, index) =>
    String.fromCharCode(33 + ((index * 71) % 90)),
  );
  const plain = key.join('');
  expect(knowing(plain).text(`… ${plain.slice(100, 163)} …`)).toBe('… *** …');
});

test.each([
  ['JSON in JSON', (plain: string) => JSON.stringify(JSON.stringify({ plain }))],
  ['hexadecimal', (plain: string) => Buffer.from(plain).toString('hex')],
  ['upper hexadecimal', (plain: string) => Buffer.from(plain).toString('hex').toUpperCase()],
  [
    'hexadecimal with colons',
    (plain: string) =>
      Buffer.from(plain)
        .toString('hex')
        .replace(/..(?!$)/g, '$&:'),
  ],
  [
    'percent for every byte',
    (plain: string) => Buffer.from(plain).toString('hex').replace(/../g, '%$&'),
  ],
  ['percent in small letters', (plain: string) => encodeURIComponent(plain).toLowerCase()],
  ['upper case', (plain: string) => plain.toUpperCase()],
  ['JSON in ASCII', (plain: string) => plain.replaceAll('"', '\\"').replace('ä', '\\u00e4')],
] as const)('hidden as %s', (_, write) => {
  const plain = 'corr"ect-ä-horse';
  const shown = knowing(plain).text(`x ${write(plain)} y`);
  expect(shown).toMatch(/^x .*\*\*\*.* y$/);
  expect(shown).not.toMatch(/horse|HORSE|686f727365|686F727365|68:6f|%68%6f/);
});

test('base64 that was wrapped is hidden line by line', () => {
  const plain = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 37) % 251)).toString(
    'latin1',
  );
  for (const secretText of [plain, plain.slice(0, 50)]) {
    const wrapped = Buffer.from(`user:${secretText}:more`)
      .toString('base64')
      .replace(/.{40}/g, '$&\n');
    const shown = knowing(secretText).text(`data:\n${wrapped}\nend`);
    expect(shown.split('\n')).toHaveLength(wrapped.split('\n').length + 2);
    expect(shown.split('\n').every((line) => line.length < 40)).toBe(true);
  }
});

test('lines of a list are one text: none of them shows its part of a secret', () => {
  const secret = 'tok_Ab12Cd34Ef56Gh78Ij90Kl12Mn34';
  const folded = ['first', ...(secret.match(/.{1,20}/g) ?? []), 'last'];
  expect(knowing(secret).data({ stdoutLines: folded })).toEqual({
    stdoutLines: ['first', '***', '***', 'last'],
  });
  const key = '-----BEGIN KEY-----\nMIIabcdef\n-----END KEY-----';
  expect(knowing(key).data(['a', ...key.split('\n'), 'b'])).toEqual(['a', '***', 'b']);
  expect(knowing(secret).data([1, 'a', secret])).toEqual([1, 'a', '***']);
});

test('a text folded in the middle, also within JSON, keeps its line breaks and nothing else', () => {
  const redactor = knowing('correct-horse-battery');
  expect(redactor.text('a correct-horse\n  -battery b')).toBe('a ***\n  *** b');
  expect(redactor.text('{"a":"correct-horse\\n-battery"}')).toBe('{"a":"***\\n***"}');
});

test('words of our sentences are left, though they are secrets; in what hosts say they are not', () => {
  const redactor = knowing('changed', '2024');
  expect(redactor.sentence('changed 2024 files')).toBe('changed 2024 files');
  expect(redactor.text('changed 2024 files')).toBe('*** *** files');
  expect(knowing('hunter2').sentence('no hunter2')).toBe('no ***');
});

test('a secret that was folded is found from twelve characters on: shorter parts meet by chance', () => {
  expect(knowing('Abcdef-hijkl').text('x Abcdef\n-hijkl y')).toBe('x ***\n*** y');
  expect(knowing('Abcdef-hijk').text('x Abcdef\n-hijk y')).toBe('x Abcdef\n-hijk y');
});

test('four characters are hidden within words, three as a word only', () => {
  expect(knowing('a-1z').text('xa-1zx')).toBe('x***x');
  expect(knowing('a-1').text('xa-1x a-1')).toBe('xa-1x ***');
});

test('whether a text holds a secret can be asked', () => {
  const redactor = knowing('hunter2', 'changed');
  const texts = ['user:hunter2', 'aHVudGVyMg==', 'it changed', 'nothing', ''];
  expect(texts.map((text) => redactor.finds(text))).toEqual([true, true, true, false, false]);
});

test('data without secrets is passed on as it is, and what is said of another is cleaned in part', () => {
  const redactor = knowing('hunter2');
  const clean = { list: ['a', { b: 1 }], none: undefined, flag: false };
  expect(redactor.data(clean)).toBe(clean);
  expect(redactor.data({ hunter2: 1 })).toEqual({ '***': 1 });
  expect(redactor.data(['a', 'hunter2', clean])).toEqual(['a', '***', clean]);
  expect(redactor.data(12n)).toBe('12');
});

test('what the source gets later is known too, whatever it is', () => {
  const secrets = ['first-password'];
  const redactor = new Redactor(() => secrets);
  expect(redactor.text('first-password second-password')).toBe('*** second-password');
  secrets.push('second-password');
  expect(redactor.text('first-password second-password')).toBe('*** ***');
});

test('an error never quotes what could not be hidden', () => {
  const huge = `${'('.repeat(40_000)}[${'\\'.repeat(40_000)}`;
  expect(knowing(huge, 'dbpassword1').text(`dbpassword1 ${huge}`)).toBe('*** ***');
});
