import { describe, expect, it } from 'vitest';
import { formsOf } from '../../engine/secrets/forms.ts';

const forms = (plain: string): readonly string[] => [...formsOf(plain)];
const text = (length: number): string => `Ab1-${'xyz'.repeat(length)}`.slice(0, length);
const hex = (plain: string): string => Buffer.from(plain).toString('hex');
const base64 = (plain: string): string => Buffer.from(plain).toString('base64');

describe('the forms of a secret', () => {
  it('of three characters are itself and its base64, of fewer no part of that', () => {
    expect(forms('abc')).toEqual(['abc', 'YWJj']);
    expect(forms('ab')).toEqual(['ab', 'YWI=']);
    expect(forms('')).toEqual([]);
    expect(forms(' \n')).not.toContain('');
  });

  it('of four are also bytes as numbers', () => {
    expect(forms('abcm')).toEqual([
      'abcm',
      'YWJjbQ==',
      'YWJjbQ',
      '\\a\\b\\c\\m',
      '6162636d',
      '%61%62%63%6d',
      '61 62 63 6d',
      '61:62:63:6d',
      '\\x61\\x62\\x63\\x6d',
      '6162636D',
      '%61%62%63%6D',
      '61 62 63 6D',
      '61:62:63:6D',
      '\\x61\\x62\\x63\\x6D',
      '97,98,99,109',
      '97, 98, 99, 109',
    ]);
  });

  it('are also what is seen of it in base64 of more, from eight characters on', () => {
    expect(forms('hunter7').slice(0, 4)).toEqual([
      'hunter7',
      'aHVudGVyNw==',
      'aHVudGVyNw',
      'aHVudGVyN',
    ]);
    expect(base64(':hunter7')).toContain('h1bnRlcj');
    expect(forms('hunter7')).toContain('h1bnRlcj');
  });

  it('are base64 in its alphabet for URLs too', () => {
    expect(base64('>>>???')).toBe('Pj4+Pz8/');
    expect(forms('>>>???')).toEqual(expect.arrayContaining(['Pj4+Pz8/', 'Pj4-Pz8_']));
  });

  it('are JSON with escaped slashes, and in ASCII', () => {
    expect(forms('a/"ü')).toEqual(
      expect.arrayContaining(['a/\\"ü', 'a\\/\\"ü', 'a/\\"\\u00fc', 'a/\\\\\\"ü']),
    );
  });

  it('are percent-encoded in both cases of the digits', () => {
    expect(forms('ü ü')).toEqual(expect.arrayContaining(['%C3%BC%20%C3%BC', '%c3%bc%20%c3%bc']));
  });

  it('are the other case of its letters from eight characters on', () => {
    expect(forms('Hunter78')).toEqual(expect.arrayContaining(['HUNTER78', 'hunter78']));
    expect(forms('Hunter7')).not.toContain('HUNTER7');
    expect(forms('Hunter7')).not.toContain('hunter7');
  });

  it('are those without the blanks around it, and of each line with four characters', () => {
    expect(forms('  padded\t')).toEqual(expect.arrayContaining(['  padded\t', 'padded']));
    const lines = forms('first\r\n  four\nabc\n');
    expect(lines).toEqual(expect.arrayContaining(['first', 'four', base64('four')]));
    expect(lines).not.toContain('abc');
    expect(lines).not.toContain('  four');
  });

  it('of what is too long for a token are not byte by byte, nor whole base64; in another case they are', () => {
    const perByte = (plain: string): string => hex(plain).replace(/../g, '%$&');
    const [token, long] = [text(256), text(257)];
    expect(forms(token)).toEqual(
      expect.arrayContaining([perByte(token), token.toUpperCase(), base64(token)]),
    );
    expect(forms(long)).toEqual(expect.arrayContaining([hex(long), long.toUpperCase()]));
    for (const form of [perByte(long), base64(long)]) expect(forms(long)).not.toContain(form);
  });

  it('of what is larger than 64 KiB are the common ones only', () => {
    const [file, larger] = [text(64 * 1024), text(64 * 1024 + 1)];
    expect(formsOf(file).has(hex(file))).toBe(true);
    expect(formsOf(larger).has(hex(larger))).toBe(false);
    expect(formsOf(larger).has(larger)).toBe(true);
  });
});
