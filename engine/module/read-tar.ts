/** Reads a tar archive of the controller as it streams by, compressed with gzip or not. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { PlayError } from '../errors.ts';

const block = 512;

/** A regular file of an archive. */
export interface TarMember {
  /** As the archive has it, a leading `./` left out. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Reads a tar archive of the controller as it streams by, compressed with gzip or not.
 * @param archive path of a .tar or .tar.gz
 * @param take called for each regular file; what it answers gets the bytes, nothing: passed over
 * @throws PlayError for an archive that is cut short, damaged, or none
 * @example
 * const parts: Buffer[] = [];
 * await readTar('/srv/kubernetes.tar.gz', ({ path }) =>
 *   path.endsWith('/kubelet') ? (bytes) => void parts.push(bytes) : undefined,
 * );
 * export const kubelet = contentOf(Buffer.concat(parts));
 */
export async function readTar(
  archive: string,
  take: (member: TarMember) => ((bytes: Buffer) => Promise<void> | void) | undefined,
): Promise<void> {
  const file = createReadStream(archive);
  const stream = (await isGzip(archive)) ? file.pipe(createGunzip()) : file;
  const reader = new TarStream(stream as AsyncIterable<Buffer>, archive);
  try {
    for (;;) {
      const header = await reader.bytes(block);
      if (header.every((byte) => byte === 0)) return;
      const { path, size, regular } = memberOf(header, archive);
      const use = regular ? take({ path, size }) : undefined;
      await reader.each(size, use ?? ignore);
      await reader.each(-size & (block - 1), ignore);
    }
  } finally {
    stream.destroy();
    file.destroy();
  }
}

const ignore = (): void => undefined;

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const start = Buffer.alloc(2);
    await file.read(start, 0, 2, 0);
    return start.readUInt16BE() === 0x1f8b;
  } finally {
    await file.close();
  }
}

function memberOf(header: Buffer, archive: string) {
  const text = (from: number, length: number): string => {
    const bytes = header.subarray(from, from + length);
    const end = bytes.indexOf(0);
    return bytes.subarray(0, end < 0 ? length : end).toString('utf8');
  };
  if (text(257, 5) !== 'ustar') {
    throw new PlayError(`${archive} is not a readable archive`, { hint: 'download it again' });
  }
  const prefix = text(345, 155);
  const path = `${prefix === '' ? '' : `${prefix}/`}${text(0, 100)}`.replace(/^\.\//, '');
  return {
    path,
    size: sizeOf(header.subarray(124, 136)),
    regular: ['0', ''].includes(text(156, 1)),
  };
}

/** Octal digits, or, for what they cannot say, a number with its first bit set. */
function sizeOf(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) === 0) return Number.parseInt(field.toString('latin1'), 8) || 0;
  return Number(BigInt(`0x${field.subarray(4).toString('hex')}`));
}

/** Hands out exactly as many bytes as are asked for. */
class TarStream {
  readonly #source: AsyncIterator<Buffer>;
  readonly #archive: string;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>, archive: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#archive = archive;
  }

  async bytes(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    await this.each(size, (bytes) => void parts.push(bytes));
    return Buffer.concat(parts);
  }

  async each(size: number, use: (bytes: Buffer) => Promise<void> | void): Promise<void> {
    for (let left = size; left > 0;) {
      if (this.#rest.length === 0) this.#rest = await this.#next();
      const bytes = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(bytes.length);
      left -= bytes.length;
      await use(bytes);
    }
  }

  async #next(): Promise<Buffer> {
    const cut = (cause?: unknown): PlayError =>
      new PlayError(`${this.#archive} is cut short or damaged`, {
        hint: 'download it again',
        cause,
      });
    const next = await this.#source.next().catch((error: unknown) => {
      throw cut(error);
    });
    if (next.done === true) throw cut();
    return next.value;
  }
}
