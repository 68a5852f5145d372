/** Guesses what a misspelt word was meant to be. */

/**
 * The known word nearest to `word`, if it is near enough to be a slip: at most one edit in three
 * letters (insert, delete, replace, swap of neighbours), case ignored.
 * @example didYouMean('chekc', ['check', 'diff']) // 'check'
 */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const edits = editsBetween(wanted, candidate.toLowerCase());
    if (edits >= Math.max(wanted.length, candidate.length) || edits >= least) continue;
    best = candidate;
    least = edits;
  }
  return best;
}

/** `did you mean 'check'?`, or undefined when nothing is near. */
export function didYouMeanHint(word: string, known: Iterable<string>): string | undefined {
  const guess = didYouMean(word, known);
  return guess === undefined ? undefined : `did you mean '${guess}'?`;
}

/** Edit distance with swaps of neighbours (optimal string alignment). */
function editsBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const differs = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + differs);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) edits = Math.min(edits, (beforeLast[j - 2] ?? 0) + 1);
      row.push(edits);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
