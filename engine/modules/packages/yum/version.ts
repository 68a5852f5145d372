/** Versions as rpm compares them. */
import { globToRegex } from '../../../glob.ts';
import { compareDigits } from '../shared/digits.ts';

/**
 * Whether an installed `epoch:version-release` is the wanted one, which may leave out epoch and
 * release and hold `*` and `?`.
 */
export function matchesRpmVersion(version: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const plain = version.replace(/^\d+:/, '');
  const forms = [version, plain, version.replace(/-[^-]*$/, ''), plain.replace(/-[^-]*$/, '')];
  const pattern = globToRegex(wanted);
  return forms.some((form) => pattern.test(form));
}

/**
 * Compares `epoch:version-release`; a release is compared only where both have one.
 * @returns negative, 0 or positive
 */
export function compareRpmVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareSegments(left.version, right.version) ||
    (left.release && right.release ? compareSegments(left.release, right.release) : 0)
  );
}

function partsOf(text: string): { epoch: string; version: string; release: string } {
  const match = /^(?:(\d+):)?([^-]*)(?:-(.*))?$/.exec(text);
  return { epoch: match?.[1] ?? '', version: match?.[2] ?? '', release: match?.[3] ?? '' };
}

/** rpmvercmp: runs of digits by number, runs of letters by letter; `~` sorts before the end. */
function compareSegments(a: string, b: string): number {
  const [left, right] = [segmentsOf(a), segmentsOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = compareSegment(left[at], right[at]);
    if (order !== 0) return order;
  }
  return 0;
}

const segmentsOf = (text: string): readonly string[] => text.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];

function compareSegment(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === '~' || b === '~') return a === '~' ? -1 : 1;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  if (a === '^' || b === '^') return a === '^' ? -1 : 1;
  const [digits, others] = [/^\d/.test(a), /^\d/.test(b)];
  if (digits !== others) return digits ? 1 : -1;
  if (!digits) return a < b ? -1 : 1;
  return compareDigits(a, b);
}
