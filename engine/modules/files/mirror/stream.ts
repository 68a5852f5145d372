/** Many files as one stream: a tar archive whose members are numbered, plain or compressed. */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { sha256 } from '../../../digest.ts';
import type { SourceFile } from '../../../module/file-source.ts';
import type { Content } from '../../../shell/content.ts';

const block = 512;
/** What the eleven octal digits of a header can say. */
export const largestFile = 0o77777777777;

/** A file and the four octal digits of its mode. */
export interface Member {
  readonly file: SourceFile;
  readonly mode: string;
}

/**
 * The files in their order as one content. Their names are not in it: they are in the script.
 * @param gzip whether each file's compressed form is sent; all must have one then
 */
export function archiveOf(list: readonly Member[], gzip: boolean): Content {
  const pack = (bytes: Buffer): Buffer => (gzip ? gzipSync(bytes) : bytes);
  const time = Math.floor(Date.now() / 1000);
  const members = list.map(({ file: { content, gzip: packed, modified }, mode }, index) => ({
    header: pack(headerOf(String(index), mode, content.size, modified ?? time)),
    content: gzip && packed ? packed : content,
    padding: pack(Buffer.alloc(-content.size & (block - 1))),
  }));
  const end = pack(Buffer.alloc(2 * block));
  const size = members.reduce(
    (sum, { header, content, padding }) => sum + header.length + content.size + padding.length,
    end.length,
  );
  const digests = list.map(({ file }) => file.content.digest).join(' ');
  return {
    kind: 'content',
    digest: sha256(`${gzip} ${time} ${digests}`),
    size,
    secret: list.some(({ file }) => file.content.secret),
    open: () => Readable.from(bytesOf(members, end)),
  };
}

async function* bytesOf(
  members: readonly { header: Buffer; content: Content; padding: Buffer }[],
  end: Buffer,
): AsyncGenerator<Buffer> {
  for (const { header, content, padding } of members) {
    yield header;
    yield* content.open() as AsyncIterable<Buffer>;
    if (padding.length > 0) yield padding;
  }
  yield end;
}

/** A ustar header of root's file. */
function headerOf(name: string, mode: string, size: number, time: number): Buffer {
  const header = Buffer.alloc(block);
  const octal = (value: number, width: number): string =>
    `${value.toString(8).padStart(width - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(Number.parseInt(mode, 8), 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(time, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
