/** Versions of Kubernetes as numbers. */
import { PlaybookError } from 'tsplay';

/** The minors of Kubernetes 1 that the roles know. */
export const oldestMinor = 16;
export const newestMinor = 36;

export interface KubernetesVersion {
  /** `1.20.2`, without a v. */
  readonly text: string;
  readonly minor: number;
  readonly patch: number;
}

const form = /^v?1\.(\d{1,2})\.(\d{1,3})$/;

/** What is wrong with a version, as a sentence; undefined when nothing is. */
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

/** @throws PlaybookError for a version that the roles do not know */
export function parseVersion(text: string): KubernetesVersion {
  const mistake = versionMistake(text);
  if (mistake !== undefined) throw new PlaybookError(`kubernetesVersion '${text}': ${mistake}`);
  const [, minor, patch] = form.exec(text) ?? [];
  return { text: text.replace(/^v/, ''), minor: Number(minor), patch: Number(patch) };
}

/** Compares versions part by part: `1.10` is newer than `1.9`. What is no number is left out. */
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
