/** Numbers of data files beyond what JavaScript can hold. */

/**
 * The number that decimal, `0x`, `0o` or `0b` digits say. A whole one that has no equal among
 * JavaScript's numbers is a bigint: compared with a number of the playbook it differs.
 */
export function exactNumber(digits: string): number | bigint {
  const number = Number(digits);
  if (Number.isSafeInteger(number) || !/^[+-]?(\d+|0[xob][\dA-Fa-f]+)$/.test(digits)) return number;
  const whole = BigInt(digits.replace(/^\+/, ''));
  // JavaScript writes the shortest digits that lead to a number, which need not be its own.
  const isOwn = Number.isFinite(number) && BigInt(number) === whole;
  return isOwn || String(number) === String(whole) ? number : whole;
}
