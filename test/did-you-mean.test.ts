import { describe, expect, it } from 'vitest';
import { didYouMean, didYouMeanHint } from '../engine/did-you-mean.ts';

describe('didYouMean', () => {
  it.each([
    ['chekc', ['check', 'diff'], 'check'],
    ['etcd_dataDri', ['etcd_dataDir', 'etcd_port'], 'etcd_dataDir'],
    ['WEB', ['web', 'db'], 'web'],
    ['wbe', ['web', 'wave'], 'web'],
    ['we', ['web'], 'web'],
    ['chidlren', ['hosts', 'children', 'vars'], 'children'],
  ])('%s among %j is %s', (word, known, guess) => {
    expect(didYouMean(word, known)).toBe(guess);
  });

  it.each([
    ['db', ['web']],
    ['a', ['b']],
    ['haproxy', ['keepalived']],
    ['x', []],
  ])('%s has no neighbour among %j', (word, known) => {
    expect(didYouMean(word, known)).toBeUndefined();
    expect(didYouMeanHint(word, known)).toBeUndefined();
  });

  it('the nearest wins over the first', () => {
    expect(didYouMean('tagz', ['tabs', 'tags'])).toBe('tags');
    expect(didYouMeanHint('tagz', ['tabs', 'tags'])).toBe("did you mean 'tags'?");
  });
});
