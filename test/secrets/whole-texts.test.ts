import { describe, expect, it } from 'vitest';
import { Ranges } from '../../engine/secrets/ranges.ts';
import { WholeTexts } from '../../engine/secrets/whole-texts.ts';

function found(known: readonly string[], text: string, accept = () => true): unknown {
  const texts = new WholeTexts();
  for (const each of known) texts.add(each);
  const into = new Ranges();
  texts.find(text, accept, into);
  return into.merged();
}

describe('texts are found', () => {
  it.each([1, 3, 4, 7, 8, 15, 16, 31, 32, 62])(
    'of %i characters, wherever they stand',
    (length) => {
      const text = 'abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ'.slice(
        0,
        length,
      );
      expect(found([text], `${text}~${text}`)).toEqual([
        [0, length],
        [length + 1, 2 * length + 1],
      ]);
    },
  );

  it.each([
    [['pass-word', 'pass-word-1', 'pass-word-12']],
    [['pass-word-12', 'pass-word-1', 'pass-word']],
    [['pass-word-1', 'pass-word-12', 'pass-word']],
  ])('that begin alike by the longest that stands there: %j', (known) => {
    expect(found(known, '.pass-word-12.')).toEqual([[1, 13]]);
    expect(found(known, '.pass-word-1.')).toEqual([[1, 12]]);
  });

  it('no further than the text goes', () => {
    expect(found(['pass-word', 'pass-word-1'], '.pass-word')).toEqual([[1, 10]]);
    expect(found(['pass-word-1'], '.pass-word')).toEqual([]);
  });

  it('only where they count, and then perhaps a shorter one', () => {
    expect(found(['pass-word'], 'pass-word', () => false)).toEqual([]);
    const texts = new WholeTexts();
    for (const each of ['pass-word', 'pass-word-1']) texts.add(each);
    const into = new Ranges();
    texts.find('pass-word-1', (from, to) => to - from < 11, into);
    expect(into.merged()).toEqual([[0, 9]]);
  });
});
