/** Reader `mount`: what is mounted at a path, by the kernel's own table. */
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type ReaderOutput,
} from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';

export interface MountKey {
  /** Absolute path of the mount point. */
  readonly path: string;
  /** What should be mounted there, as fstab has it: `UUID=…`, `/dev/sdb1`, `/srv` for a bind. */
  readonly source: string | undefined;
}

export interface Mount {
  readonly source: string;
  readonly fstype: string;
  /** Of the mount and of the file system: `rw`, `noexec`, `size=1024k`, … */
  readonly options: readonly string[];
  /** The asked source with its links followed; undefined where it is no path. */
  readonly wanted: string | undefined;
  /** The asked source is a folder or file, and it is what one sees at the path. */
  readonly isBound: boolean;
}

/**
 * The mount that is seen at the path; *absent* where there is none.
 * @param key mount point, and what should be mounted there
 * @returns a read of source, type of the file system and options
 * @example
 * export const reads = { srv: readers.mount({ path: '/srv', source: '/dev/sdb1' }) };
 */
export const mount = defineReader<MountKey, Mount>({
  name: 'mount',
  script: (keys, mark) =>
    `cat /proc/self/mountinfo
printf '\\n%s\\n' ${mark}
${keys.map((key) => ask(key, mark)).join('\n')}
:`,
  parse,
});

const folders: Readonly<Record<string, string>> = {
  UUID: 'by-uuid',
  LABEL: 'by-label',
  PARTUUID: 'by-partuuid',
  PARTLABEL: 'by-partlabel',
};

/** The path of a device or folder; undefined for a server's or a file system's own name. */
function pathOf(source: string | undefined): string | undefined {
  if (source?.startsWith('/') === true && !source.startsWith('//')) return source;
  const [, tag = '', name = ''] = /^([A-Z]+)="?([^"]+)"?$/.exec(source ?? '') ?? [];
  const folder = folders[tag];
  return folder === undefined ? undefined : `/dev/disk/${folder}/${name}`;
}

/** The links of the wanted source, and whether both paths are one file. */
function ask({ path, source }: MountKey, mark: string): string {
  const wanted = pathOf(source);
  if (wanted === undefined) return `printf '%s\\n%s\\n' ${mark} ${mark}`;
  return `readlink -f -- ${quote(wanted)} 2>/dev/null
printf '%s\\n' ${mark}
if [ "$(stat -L -c %d:%i -- ${quote(wanted)} 2>/dev/null)" = "$(stat -L -c %d:%i -- ${quote(path)} 2>/dev/null)" ]; then printf 'same\\n'; fi
printf '%s\\n' ${mark}`;
}

interface Row {
  readonly path: string;
  readonly source: string;
  readonly fstype: string;
  readonly options: readonly string[];
}

function parse(
  output: ReaderOutput,
  keys: readonly MountKey[],
  mark: string,
): readonly Answer<Mount>[] {
  const [table, ...parts] = output.stdout.toString('utf8').split(`${mark}\n`);
  if (table === undefined || table.trim() === '') {
    return keys.map(() => denied('/proc/self/mountinfo cannot be read'));
  }
  const rows = table.split('\n').flatMap(rowOf);
  return keys.map(({ path }, index) => {
    const [wanted, same] = [parts[2 * index], parts[2 * index + 1]];
    if (wanted === undefined || same === undefined) {
      throw new Error('the answer of the mount reader is cut short');
    }
    const row = rows.findLast((each) => each.path === path);
    if (row === undefined) return absent;
    const { source, fstype, options } = row;
    const isBound = same.includes('same');
    return value({ source, fstype, options, isBound, wanted: wanted.trim() || undefined });
  });
}

function rowOf(line: string): readonly Row[] {
  const [left = '', right] = line.split(' - ');
  if (right === undefined) return [];
  const [, , , , path = '', options = ''] = left.split(' ');
  const [fstype = '', source = '', more = ''] = right.split(' ');
  const all = new Set([...options.split(','), ...more.split(',')]);
  // A mount may be read-only on a file system that is not, and the other way round.
  if (all.has('ro')) all.delete('rw');
  return [
    {
      path: plain(path),
      source: plain(source),
      fstype,
      options: [...all],
    },
  ];
}

/** Blanks and backslashes are octal in the kernel's table, and in fstab. */
const plain = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
