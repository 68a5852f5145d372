/** Headers of tar archives: ustar, with the extensions of pax and of GNU. */

export const headerSize = 512;

export interface TarHeader {
  readonly path: string;
  /** Bytes of content. */
  readonly size: number;
  readonly type: string;
}

/** What headers in front of a member say of it. */
export interface TarExtension {
  readonly path?: string;
  readonly size?: number;
  readonly isSparse?: boolean;
}

/** Files; a NUL is a file of old archives, 7 one that was to lie in one piece. */
export const isRegular = (type: string): boolean => ['0', '', '7'].includes(type);

/** Of pax for one member and for all, and GNU's long names and targets of links. */
export const isExtension = (type: string): boolean => ['x', 'g', 'L', 'K'].includes(type);

/** Links, devices, folders and pipes. */
const others = ['1', '2', '3', '4', '5', '6'];

/** Why a member cannot be read; undefined: it can. */
export function oddity(type: string, { isSparse }: TarExtension): string | undefined {
  if (type === 'S' || isSparse) return 'a sparse file';
  if (isRegular(type) || others.includes(type)) return undefined;
  return `of a type that is not known: ${type}`;
}

/** @returns what a block says, or why it is no header */
export function tarHeader(block: Buffer): TarHeader | string {
  if (textAt(block, 257, 5) !== 'ustar') return 'it is no tar archive';
  if (octal(block.subarray(148, 156)) !== checksumOf(block)) return 'a header is damaged';
  const size = sizeOf(block.subarray(124, 136));
  if (size === undefined) return 'a header has no size';
  // GNU keeps times where POSIX has the first part of the path.
  const prefix = block[262] === 0 ? textAt(block, 345, 155) : '';
  const path = `${prefix === '' ? '' : `${prefix}/`}${textAt(block, 0, 100)}`;
  return { path, size, type: textAt(block, 156, 1) };
}

/** @returns what an extension says of the member behind it, or why it cannot be read */
export function extended(type: string, content: Buffer): TarExtension | string {
  if (type === 'K') return {};
  if (type === 'L') return { path: textAt(content, 0, content.length) };
  const records = paxRecords(content);
  if (records === undefined) return 'a header of pax is damaged';
  const [path, size] = [records.get('path'), records.get('size')];
  if (type === 'g') {
    return path === undefined && size === undefined ? {} : 'a header gives all members one name';
  }
  const bytes = size === undefined ? undefined : Number(size);
  if (bytes !== undefined && !isSize(bytes)) return 'a header of pax has no size';
  return {
    ...(path !== undefined && { path }),
    ...(bytes !== undefined && { size: bytes }),
    isSparse: [...records.keys()].some((key) => key.startsWith('GNU.sparse.')),
  };
}

/** `LENGTH KEY=VALUE` and a line feed each; the length counts itself. */
function paxRecords(content: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const digits = /^\d{1,9} /.exec(content.toString('latin1', at, at + 10))?.[0];
    const end = at + Number(digits);
    if (digits === undefined || end > content.length || content[end - 1] !== 0x0a) return undefined;
    const record = content.toString('utf8', at + digits.length, end - 1);
    const sign = record.indexOf('=');
    if (sign === -1) return undefined;
    records.set(record.slice(0, sign), record.slice(sign + 1));
    at = end;
  }
  return records;
}

function textAt(bytes: Buffer, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}

/** Octal digits, or, for what they cannot say, a number with its first bit set. */
function sizeOf(field: Buffer): number | undefined {
  if (((field[0] ?? 0) & 0x80) === 0) return octal(field);
  const digits = Buffer.from(field);
  digits[0] = (field[0] ?? 0) & 0x7f;
  const size = Number(BigInt(`0x${digits.toString('hex')}`));
  return isSize(size) ? size : undefined;
}

const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;

function octal(field: Buffer): number | undefined {
  const digits = /^[ \0]*([0-7]*)[ \0]*$/.exec(field.toString('latin1'))?.[1];
  return digits === undefined ? undefined : Number.parseInt(`0${digits}`, 8);
}

/** Of all bytes, those of the sum itself as blanks. */
const checksumOf = (block: Buffer): number =>
  block.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
