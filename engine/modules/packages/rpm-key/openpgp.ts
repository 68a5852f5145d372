/** Public keys of OpenPGP: as far as their fingerprints are needed. */
import { createHash } from 'node:crypto';

/** Fingerprints of the primary keys, lower-case hex; none where the bytes are no key. */
export function fingerprintsOf(bytes: Buffer): readonly string[] {
  return packetsOf(dearmored(bytes)).flatMap(({ tag, body }) => {
    // 6 is a public key, 4 the version in use; a subkey is another tag.
    if (tag !== 6 || body[0] !== 4) return [];
    const head = Buffer.from([0x99, body.length >> 8, body.length & 0xff]);
    return [createHash('sha1').update(head).update(body).digest('hex')];
  });
}

/** The bytes within all armored blocks; bytes without armor as they are. */
function dearmored(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const blocks = text.matchAll(
    /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\n]*:[^\n]*\n)*\s*([A-Za-z0-9+/=\s]*?)(?:\n=[A-Za-z0-9+/]{4}\s*)?\n-----END/g,
  );
  const parts = [...blocks].map(([, base64 = '']) => Buffer.from(base64, 'base64'));
  return parts.length === 0 && !text.includes('-----BEGIN') ? bytes : Buffer.concat(parts);
}

interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

function packetsOf(bytes: Buffer): readonly Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0;
    if ((first & 0x80) === 0) return packets;
    const isNew = (first & 0x40) !== 0;
    const size = isNew ? newLength(bytes, at + 1) : oldLength(bytes, at + 1, first & 3);
    if (size === undefined) return packets;
    const start = at + 1 + size.head;
    const body = bytes.subarray(start, start + size.length);
    packets.push({ tag: isNew ? first & 0x3f : (first >> 2) & 0x0f, body });
    at = start + size.length;
  }
  return packets;
}

interface Length {
  /** Bytes that the length itself takes. */
  readonly head: number;
  readonly length: number;
}

function oldLength(bytes: Buffer, at: number, kind: number): Length | undefined {
  const head = [1, 2, 4][kind];
  if (head === undefined || at + head > bytes.length) return undefined;
  return { head, length: bytes.readUIntBE(at, head) };
}

function newLength(bytes: Buffer, at: number): Length | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 192) return { head: 1, length: first };
  const second = bytes[at + 1];
  if (first < 224 && second !== undefined) {
    return { head: 2, length: ((first - 192) << 8) + second + 192 };
  }
  return first === 255 && at + 5 <= bytes.length
    ? { head: 5, length: bytes.readUInt32BE(at + 1) }
    : undefined;
}
