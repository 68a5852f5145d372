/** What the file reader knows of one path. */

export interface FileKey {
  /** Absolute path on the host. */
  readonly path: string;
  /** Look through links; one that dangles is answered as the link that it is. */
  readonly follow?: boolean;
  /** Also the sha256 of a regular file; *denied* where its bytes can't be read. */
  readonly digest?: boolean;
}

export type FileType = 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'block' | 'character';

/** What a path is, as `stat` says. */
export interface FileValue {
  readonly type: FileType;
  /** Four octal digits: `0644`, `1777`. */
  readonly mode: string;
  /** Name, or the number where it has none. */
  readonly owner: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** Hard links. */
  readonly links: number;
  /** Number of the file on its device. */
  readonly inode: number;
  /** Number of the device that it is on. */
  readonly device: number;
  /** Seconds since 1970. */
  readonly modified: number;
  /** Seconds since 1970. */
  readonly accessed: number;
  /** What a link holds; only when the link itself was asked for, or dangles. */
  readonly target?: string;
  /** Where a followed link ends, or what it names where it dangles; else not there. */
  readonly realPath?: string;
  /** sha256 in lower-case hex, of regular files, when asked for. */
  readonly digest?: string;
}

const types: Readonly<Record<number, FileType>> = {
  0o10: 'file',
  0o04: 'directory',
  0o12: 'link',
  0o01: 'fifo',
  0o14: 'socket',
  0o06: 'block',
  0o02: 'character',
};

/** The fields that `stat -c` prints, in the order in which `parseStat` takes them. */
export const statFormat = '%f:%u:%g:%s:%h:%i:%d:%Y:%X:%U:%G';

/** One line of `stat -c statFormat`. @throws Error when it is not such a line */
export function parseStat(line: string): FileValue {
  const [raw = '', ...rest] = line.split(':');
  const bits = Number.parseInt(raw, 16);
  const type = types[bits >> 12];
  const [uid, gid, size, links, inode, device, modified, accessed] = rest.slice(0, 8).map(Number);
  const [owner, group] = rest.slice(8);
  if (type === undefined || accessed === undefined || group === undefined) {
    throw new Error(`not a line of stat: ${line}`);
  }
  return {
    type,
    mode: formatMode(bits),
    owner: nameOr(owner, uid),
    group: nameOr(group, gid),
    uid: uid ?? -1,
    gid: gid ?? -1,
    size: size ?? 0,
    links: links ?? 1,
    inode: inode ?? 0,
    device: device ?? 0,
    modified: modified ?? 0,
    accessed,
  };
}

/** Permission bits as four octal digits. */
export const formatMode = (bits: number): string => (bits & 0o7777).toString(8).padStart(4, '0');

const nameOr = (name: string | undefined, id: number | undefined): string =>
  name === undefined || name === 'UNKNOWN' ? String(id) : name;
