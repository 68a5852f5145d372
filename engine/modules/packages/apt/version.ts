/** Versions as dpkg compares them. */
import { compareDigits } from '../shared/digits.ts';

/**
 * Compares `epoch:upstream-revision`.
 * @returns negative, 0 or positive
 */
export function compareDebVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareTexts(left.upstream, right.upstream) ||
    compareTexts(left.revision, right.revision)
  );
}

function partsOf(text: string): { epoch: string; upstream: string; revision: string } {
  const match = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(text);
  return {
    epoch: match?.[1] ?? '',
    upstream: match?.[2] ?? '',
    revision: match?.[3] ?? '',
  };
}

/** By turns what is no digit, character by character, and digits as a number. */
function compareTexts(a: string, b: string): number {
  const [left, right] = [runsOf(a), runsOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [x = '', y = ''] = [left[at], right[at]];
    const order = at % 2 === 0 ? compareWords(x, y) : compareDigits(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

/** The first is of no digits, so that runs of one kind stand at the same place. */
const runsOf = (text: string): readonly string[] => [
  ...(/^\d/.test(text) ? [''] : []),
  ...(text.match(/\D+|\d+/g) ?? []),
];

function compareWords(a: string, b: string): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const order = weightOf(a[at]) - weightOf(b[at]);
    if (order !== 0) return order;
  }
  return 0;
}

/** `~` stands before the end, letters before everything else. */
function weightOf(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
