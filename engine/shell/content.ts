/** Bytes that travel to a host: small ones inside the script, large ones as a stream. */
import { Readable } from 'node:stream';
import { sha256 } from '../digest.ts';

/**
 * Bytes that a step writes to a host, with their digest; `contentOf` and `fileContent` make them.
 */
export interface Content {
  readonly kind: 'content';
  /** sha256, lower-case hex. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** The whole content where it is held in memory. */
  readonly bytes?: Buffer;
  /** Secret content is never shown in a diff. */
  readonly secret: boolean;
  /** Opens the content anew; it throws if its digest is no longer `digest` when it ends. */
  open(): Readable;
}

/**
 * Content from memory.
 * @param data bytes, or a text that is sent as UTF-8
 * @param options secret: never shown in a diff
 * @returns content that stays in memory
 * @example
 * export const motd = copy('motd', { dest: '/etc/motd', content: contentOf('hello\n') });
 */
export function contentOf(data: string | Buffer, options: { secret?: boolean } = {}): Content {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  return {
    kind: 'content',
    digest: sha256(bytes),
    size: bytes.length,
    bytes,
    secret: options.secret ?? false,
    open: () => Readable.from([bytes]),
  };
}

export function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'content';
}
