/**
 * Compares texts of digits as numbers, however many there are: versions hold dates and commits that
 * JavaScript's numbers cannot.
 * @param a digits; none is zero
 * @returns negative, 0 or positive
 */
export function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || (x < y ? -1 : Number(x > y));
}
