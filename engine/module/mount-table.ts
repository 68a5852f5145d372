/** Reader `mountTable`: folders and files that are seen at more than one path of the host. */
import { defineReader, value } from './reader.ts';

export interface MountPoint {
  /** Number of the file system. */
  readonly device: string;
  /** What of the file system is seen. */
  readonly root: string;
  /** Where. */
  readonly at: string;
}

/** Mounts of file systems that are mounted more than once, in the order of mounting. */
export const mountTable = defineReader<'host', readonly MountPoint[]>({
  name: 'mountTable',
  script: (keys, mark) => `mounts() {
while read -r _ _ d r m _; do
case $1 in
list) case " $2 " in *" $d "*) printf '%s %s %s\\n' "$d" "$r" "$m" ;; esac ;;
*) case " $s " in *" $d "*) t="$t $d" ;; *) s="$s $d" ;; esac ;;
esac
done </proc/self/mountinfo
}
s= t=
if [ -r /proc/self/mountinfo ]; then
mounts
[ -z "$t" ] || mounts list "$t"
fi
printf '%s' ${mark}
`,
  processes: () => 0,
  parse: ({ stdout }, keys, mark) => {
    const [table, end] = stdout.toString('utf8').split(mark);
    if (table === undefined || end === undefined) throw new Error('the mount table is cut short');
    const points = table
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [device = '', root = '', at = ''] = line.split(' ').map(unescape);
        return { device, root, at };
      });
    return keys.map(() => value<readonly MountPoint[]>(points));
  },
});

/** The kernel writes blanks and backslashes of paths in octal, byte for byte. */
const unescape = (field: string): string =>
  field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  );
