import { expect, test } from 'vitest';
import { cleanJson, cleanLine, cleanText } from '../../engine/report/clean.ts';

test('terminal escapes of all kinds are taken out, the text stays', () => {
  const text = [
    '\u001b[31mred\u001b[0m',
    '\u001b]0;title\u0007a',
    '\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\',
    '\u001bPdevice\u001b\\b',
    '\u001b(Bc\u001b7d\u001bMe',
    '\u009b31mf',
  ].join('|');
  expect(cleanText(text)).toBe('red|a|link|b|cde|31mf');
});

test('control characters and marks that reorder text are taken out', () => {
  expect(cleanText('a\u0000\b\u0007\u007f\u202eb\u2066c\ttab\n')).toBe('abc\ttab\n');
});

test('of a line that was drawn over only the last state is left', () => {
  expect(cleanText('10%\r50%\r100%\nnext\r\nlast\r')).toBe('100%\nnext\nlast');
});

test('an escape that never ends does not swallow the next line', () => {
  expect(cleanText('a\u001b[\nb')).toBe('a\nb');
});

test('a line has no line feeds', () => {
  expect(cleanLine(' a\n\tb \r\n')).toBe('a b');
});

test('JSON says by its codes what a terminal obeys, and is the same data', () => {
  const value = { text: '\u001b[2J\u009b31m\u0090q\u007f\u202e' };
  expect(cleanJson(value)).toMatch(/^[ -~]*$/);
  expect(JSON.parse(cleanJson(value, 2))).toEqual(value);
});
