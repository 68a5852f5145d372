/** Takes single files out of a .tar.gz as it streams by. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { PlayError } from 'tsplay';

const block = 512;

export interface Unpacked {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Unpacks files of an archive.
 * @param placeOf where a member is to be written; undefined: it is passed over
 * @returns what was written, by the place
 * @throws PlayError for an archive that is cut or none
 */
export async function untar(
  archive: string,
  placeOf: (member: string) => string | undefined,
): Promise<ReadonlyMap<string, Unpacked>> {
  const stream = createReadStream(archive).pipe(createGunzip());
  const reader = new BlockReader(stream as AsyncIterable<Buffer>, archive);
  const found = new Map<string, Unpacked>();
  for (;;) {
    const header = await reader.take(block);
    if (header.every((byte) => byte === 0)) break;
    const { name, size, isFile } = headerOf(header, archive);
    const place = isFile ? placeOf(name) : undefined;
    const padding = -size & (block - 1);
    if (place === undefined) await reader.each(size, async () => undefined);
    else found.set(place, await writeOut(reader, size, place));
    await reader.each(padding, async () => undefined);
  }
  stream.destroy();
  return found;
}

async function writeOut(reader: BlockReader, size: number, place: string): Promise<Unpacked> {
  const sum = createHash('sha256');
  const file = await open(place, 'w', 0o755);
  try {
    await reader.each(size, async (bytes) => {
      sum.update(bytes);
      await file.write(bytes);
    });
  } finally {
    await file.close();
  }
  return { sha256: sum.digest('hex'), size };
}

function headerOf(header: Buffer, archive: string) {
  const text = (from: number, length: number): string => {
    const bytes = header.subarray(from, from + length);
    const end = bytes.indexOf(0);
    return bytes.subarray(0, end < 0 ? length : end).toString('utf8');
  };
  if (text(257, 5) !== 'ustar') {
    throw new PlayError(`${archive} is no archive that can be read`, { hint: 'fetch it anew' });
  }
  const prefix = text(345, 155);
  const name = `${prefix === '' ? '' : `${prefix}/`}${text(0, 100)}`.replace(/^\.\//, '');
  const kind = text(156, 1);
  return { name, size: sizeOf(header.subarray(124, 136)), isFile: kind === '0' || kind === '' };
}

/** Octal digits, or, for what they cannot say, a number with its first bit set. */
function sizeOf(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) === 0) return Number.parseInt(field.toString('latin1'), 8) || 0;
  return Number(BigInt(`0x${field.subarray(4).toString('hex')}`));
}

/** Hands out exactly as many bytes as are asked for. */
class BlockReader {
  readonly #source: AsyncIterator<Buffer>;
  readonly #archive: string;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>, archive: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#archive = archive;
  }

  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    await this.each(size, async (bytes) => void parts.push(bytes));
    return Buffer.concat(parts);
  }

  async each(size: number, use: (bytes: Buffer) => Promise<void>): Promise<void> {
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
      new PlayError(`${this.#archive} is cut short or damaged`, { hint: 'fetch it anew', cause });
    const next = await this.#source.next().catch((error: unknown) => {
      throw cut(error);
    });
    if (next.done === true) throw cut();
    return next.value;
  }
}
