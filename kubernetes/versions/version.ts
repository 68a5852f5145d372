/** Versions of Kubernetes as numbers. */
import { PlaybookError } from 'tsplay';

/** The oldest minor of Kubernetes 1 that the roles know. */
export const oldestMinor = 16;
/** The newest one. */
export const newestMinor = 36;

/** A version of Kubernetes. */
export interface KubernetesVersion {
  /** `1.20.2`, without a v. */
  readonly text: string;
  readonly minor: number;
  readonly patch: number;
}

const form = /^v?1\.(\d{1,2})\.(\d{1,3})$/;

/**
 * What is wrong with a version.
 * @param text as `1.20.2`, with or without a v
 * @returns a sentence, or undefined where nothing is
 * @example
 * export const version = z
 *   .string()
 *   .refine((text) => versionMistake(text) === undefined, 'is no version of Kubernetes');
 */
export function versionMistake(text: string): string | undefined {
  const minor = form.exec(text)?.[1];
  if (minor === undefined) {
    return /^(stable|latest)/.test(text)
      ? `'${text}' is another version every month: name one, as 1.20.2`
      : 'must be a whole version of Kubernetes 1, as 1.20.2';
  }
  if (Number(minor) < oldestMinor || Number(minor) > newestMinor) {
    return `the roles know Kubernetes 1.${oldestMinor} to 1.${newestMinor}`;
  }
  return undefined;
}

/**
 * Reads a version.
 * @param text as `1.20.2`, with or without a v
 * @returns its parts
 * @throws PlaybookError for a version that the roles do not know
 * @example export const traits = traitsOf(parseVersion('1.20.2'));
 */
export function parseVersion(text: string): KubernetesVersion {
  const mistake = versionMistake(text);
  if (mistake !== undefined) throw new PlaybookError(`kubernetesVersion '${text}': ${mistake}`);
  const [, minor, patch] = form.exec(text) ?? [];
  return { text: text.replace(/^v/, ''), minor: Number(minor), patch: Number(patch) };
}

/**
 * Compares versions part by part: `1.10` is newer than `1.9`. Anything but numbers is left out.
 * @param a one version
 * @param b another version
 * @returns -1 where `a` is older, 0 where they are equal, 1 where it is newer
 * @example export const isOld = compareVersions('4.19.0-27', '5.13') < 0;
 */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string): number[] =>
    (text.match(/^\D*(\d+(?:\.\d+)*)/)?.[1] ?? '').split('.').map(Number);
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
