/** One member of a tar archive. Folders and links have no content. */
export type TarEntry =
  | {
      readonly type: 'file';
      readonly path: string;
      readonly mode: number;
      readonly content: Uint8Array;
    }
  | { readonly type: 'folder'; readonly path: string; readonly mode: number }
  | { readonly type: 'link'; readonly path: string; readonly target: string };

const block = 512;
const typeflags = { file: '0', link: '2', folder: '5' } as const;
const largest = 0o77777777777;

function put(header: Buffer, text: string, offset: number, size: number, what: string): void {
  if (Buffer.byteLength(text) > size) throw new RangeError(`${what} is too long for tar: ${text}`);
  header.write(text, offset);
}

/** An octal number that fills its field up to the closing NUL. */
const octal = (value: number, size: number) => `${value.toString(8).padStart(size - 1, '0')}\0`;

/** Splits a path into ustar's prefix (155 bytes) and name (100 bytes) at a slash. */
function splitPath(path: string): { prefix: string; name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const name = path.slice(slash + 1);
    if (name !== '' && Buffer.byteLength(name) <= 100)
      return { prefix: path.slice(0, slash), name };
  }
  throw new RangeError(`path is too long for tar: ${path}`);
}

function headerOf(entry: TarEntry): Buffer {
  const header = Buffer.alloc(block);
  const path = entry.type === 'folder' ? `${entry.path}/` : entry.path;
  const { prefix, name } = splitPath(path);
  const size = entry.type === 'file' ? entry.content.length : 0;
  if (size > largest) throw new RangeError(`${entry.path} is too large for tar`);
  put(header, name, 0, 100, 'name');
  header.write(octal(entry.type === 'link' ? 0o777 : entry.mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write(typeflags[entry.type], 156);
  if (entry.type === 'link') put(header, entry.target, 157, 100, 'link target');
  header.write('ustar\x0000', 257);
  put(header, prefix, 345, 155, 'path');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/**
 * Writes a ustar archive. Owner and group are root, the time is 1970: equal entries give equal
 * bytes. Throws RangeError for a path, link target or file that ustar cannot hold.
 */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks: Uint8Array[] = [];
  for (const entry of entries) {
    blocks.push(headerOf(entry));
    if (entry.type !== 'file') continue;
    blocks.push(entry.content, Buffer.alloc(-entry.content.length & (block - 1)));
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * block)]);
}
