/** Reads a tar archive of the controller as it streams by, compressed with gzip or not. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { PlayError } from '../errors.ts';
import {
  extended,
  headerSize,
  isExtension,
  isRegular,
  oddity,
  tarHeader,
  type TarExtension,
} from './tar-header.ts';

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
 * @throws PlayError for an archive that is cut short, damaged, or none, and for sparse files and
 *   members of several volumes; names and sizes of pax and GNU are read
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
      const member = await nextMember(reader, archive);
      if (member === undefined) return;
      const { path, size, isRegular } = member;
      const use = isRegular ? take({ path, size }) : undefined;
      await reader.each(size, use ?? ignore);
      await reader.each(paddingOf(size), ignore);
    }
  } finally {
    stream.destroy();
    file.destroy();
  }
}

const ignore = (): void => undefined;

/** Contents fill whole blocks. */
const paddingOf = (size: number): number => (headerSize - (size % headerSize)) % headerSize;

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

/** Bytes of a header in front of a member: it is held in memory. */
const largestExtension = 1024 * 1024;

/** The next member, with what the headers in front of it say; undefined at the end. */
async function nextMember(reader: TarStream, archive: string) {
  let extension: TarExtension = {};
  for (;;) {
    const block = await reader.bytes(headerSize);
    if (block.every((byte) => byte === 0)) return undefined;
    const header = tarHeader(block);
    if (typeof header === 'string') throw refusal(archive, header);
    const { type } = header;
    const size = extension.size ?? header.size;
    const path = (extension.path ?? header.path).replace(/^\.\//, '');
    if (!isExtension(type)) {
      const odd = oddity(type, extension);
      if (odd !== undefined) throw refusal(archive, `${path} in it is ${odd}`);
      return { path, size, isRegular: isRegular(type) };
    }
    if (header.size > largestExtension)
      throw refusal(archive, `the header of ${path} is too large`);
    const content = await reader.bytes(header.size);
    await reader.each(paddingOf(header.size), ignore);
    const more = extended(type, content);
    if (typeof more === 'string') throw refusal(archive, more);
    extension = { ...extension, ...more };
  }
}

const refusal = (archive: string, why: string): PlayError =>
  new PlayError(`${archive} cannot be read: ${why}`, {
    hint: 'download it again, or make it with tar --format=ustar or --format=pax',
  });

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
