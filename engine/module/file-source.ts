/** Files that code finds for a module: fetched, unpacked or built on the controller when needed. */
import type { Content } from '../shell/content.ts';

/** One file of a FileSource. */
export interface SourceFile {
  /** Where it goes below the destination: `kubelet`, `conf.d/a.conf`. */
  readonly path: string;
  readonly content: Content;
  /** Octal; otherwise as the module says. */
  readonly mode?: string | undefined;
  /** Seconds since 1970; otherwise when it was written. */
  readonly modified?: number | undefined;
  /** The same bytes as one gzip member, for hosts that unpack it. */
  readonly gzip?: Content | undefined;
}

/** Files that code finds when a step needs them; `filesFrom` makes it. */
export interface FileSource {
  readonly kind: 'files';
  /** For people: `Kubernetes 1.20.2`. */
  readonly name: string;
  /** Called once a host and step; it may fetch, and keeps what it fetched by itself. */
  list(): Promise<readonly SourceFile[]>;
}

/**
 * Files that are found when a step needs them.
 * @param name what they are, for people
 * @param list finds them; whatever it throws fails the step
 * @returns a source for modules that write a folder, as `mirror`
 * @example
 * const licences = filesFrom('licences', async () => [
 *   { path: 'MIT', content: contentOf('Permission is hereby granted …'), mode: '0644' },
 * ]);
 * export const shipped = mirror('licences are there', { source: licences, dest: '/opt/licences' });
 */
export const filesFrom = (
  name: string,
  list: () => Promise<readonly SourceFile[]>,
): FileSource => ({ kind: 'files', name, list });

export function isFileSource(value: unknown): value is FileSource {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'files';
}
