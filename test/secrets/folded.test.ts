import { describe, expect, it } from 'vitest';
import { Unfolded } from '../../engine/secrets/folded.ts';
import { Ranges } from '../../engine/secrets/ranges.ts';

/** Where a part of the text without breaks stands in the folded one, a line each. */
function linesOf(folded: string, part: string): readonly string[] {
  const unfolded = new Unfolded(folded);
  const from = unfolded.text.indexOf(part);
  expect(from).not.toBe(-1);
  const found: string[] = [];
  const into = new Ranges();
  into.add = (start, end) => void found.push(folded.slice(start, end));
  unfolded.addFolded(from, from + part.length, into);
  return found;
}

describe('a text without its breaks', () => {
  it.each([
    ['ab\ncd', 'abcd'],
    ['ab\r\ncd', 'abcd'],
    ['ab \t\n\t cd', 'abcd'],
    ['ab\n\n  \n cd', 'abcd'],
    ['ab\\ncd\\r\\nef', 'abcdef'],
    ['ab\\\\ncd', 'abcd'],
    [' ab cd ', ' ab cd '],
    ['ab\n  ', 'ab'],
  ])('%j is %j', (folded, text) => {
    expect(new Unfolded(folded).text).toBe(text);
  });

  it('is folded if there are any', () => {
    expect(new Unfolded('ab\n').isFolded).toBe(true);
    expect(new Unfolded('ab cd').isFolded).toBe(false);
  });
});

describe('a part of it that goes over a break is', () => {
  it.each([
    ['over one', 'x ab\n  cd y', 'abcd', ['ab', 'cd']],
    ['from the break before it on', 'x\nab\ncd', 'abcd', ['ab', 'cd']],
    ['behind a break that it does not touch', 'x\nyab\ncd', 'abcd', ['ab', 'cd']],
    ['with one character before the break', 'x\ny\nza\nbcd', 'abcd', ['a', 'bcd']],
    ['over several', 'ab\ncd\nef', 'abcdef', ['ab', 'cd', 'ef']],
    ['over a line of blanks', 'ab\n  \ncd', 'abcd', ['ab', 'cd']],
    ['over an empty line', 'ab\n\ncd', 'abcd', ['ab', 'cd']],
    ['before breaks that it does not reach', 'ab\ncd ef\ngh\n', 'abcd', ['ab', 'cd']],
    ['behind many', 'a\nb\nc\nd\ne\nfg\nhi\nj\nk', 'fghi', ['fg', 'hi']],
  ])('its lines, %s', (_, folded, part, lines) => {
    expect(linesOf(folded, part)).toEqual(lines);
  });
});

describe('a part that goes over no break is left to who looks at the text as it is', () => {
  it.each([
    ['before one', 'abcd\nx', 'abcd'],
    ['behind one', 'x\nabcd', 'abcd'],
    ['between two', 'x\nabcd\ny', 'abcd'],
    ['of none', 'abcd', 'abcd'],
  ])('%s', (_, folded, part) => {
    expect(linesOf(folded, part)).toEqual([]);
  });
});
