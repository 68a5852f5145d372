/** Kernel parameters: what /proc/sys says, and what the files say that are read at boot. */
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
  type ReaderOutput,
} from '../../module/reader.ts';
import { words } from '../files/path-words.ts';

/**
 * The path below /proc/sys. As in sysctl.d, the first of `.` and `/` is the separator, so that
 * `net.ipv4.conf.eth0/100.forwarding` names the interface `eth0.100`.
 */
export function sysctlPath(key: string): string {
  const first = /[./]/.exec(key)?.[0];
  if (first === '/') return `/proc/sys/${key}`;
  return `/proc/sys/${key.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'))}`;
}

/** One spelling for each parameter: dots as separators. */
export function sysctlName(key: string): string {
  const path = sysctlPath(key).slice('/proc/sys/'.length);
  return path.replace(/[./]/g, (sign) => (sign === '/' ? '.' : '/'));
}

const readValue = defineReader<string, string>({
  name: 'sysctl',
  // A shell's `read` takes byte by byte, of which /proc/sys gives but the first.
  script: (keys, mark) => {
    const paths = keys.map(sysctlPath);
    return `for p in ${words(paths)}; do
if [ -e "$p" ]; then printf '%s there %s\\n' ${mark} "$p"; fi
done
printf '%s values\\n' ${mark}
grep -H '' ${words(paths)} /dev/null
:`;
  },
  parse: parseValues,
});

/**
 * Reads a parameter of the running kernel: its text without the final line feed.
 * @param key with dots or slashes
 * @returns a read of the text: `1`, `4096 131072 6291456`
 * @example
 * export const reads = { forwards: readers.sysctl('net.ipv4.ip_forward') };
 */
export const sysctl: ((key: string) => Read<string>) & {
  readonly definition: typeof readValue.definition;
} = Object.assign((key: string) => readValue(sysctlName(key)), {
  definition: readValue.definition,
});

function parseValues(
  output: ReaderOutput,
  keys: readonly string[],
  mark: string,
): readonly Answer<string>[] {
  const text = output.stdout.toString('utf8');
  const cut = text.indexOf(`${mark} values\n`);
  if (cut === -1) throw new Error('the answer of the sysctl reader is cut short');
  const there = new Set(text.slice(0, cut).split('\n'));
  const lines = text.slice(cut).split('\n').slice(1);
  return keys.map((key) => {
    const path = sysctlPath(key);
    if (!there.has(`${mark} there ${path}`)) return absent;
    const found = lines.filter((line) => line.startsWith(`${path}:`));
    const said = output.stderr.split('\n').find((line) => line.includes(`${path}:`));
    if (found.length === 0 && said !== undefined) return denied(said.replace(/^grep: /, ''));
    return value(found.map((line) => line.slice(path.length + 1)).join('\n'));
  });
}

export interface SysctlSetting {
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

const folders = [
  '/etc/sysctl.d',
  '/run/sysctl.d',
  '/usr/local/lib/sysctl.d',
  '/usr/lib/sysctl.d',
  '/lib/sysctl.d',
];

/** Every setting in the files that are read at boot, in the order in which they are read. */
export const sysctlSettings = defineReader<'all', readonly SysctlSetting[]>({
  name: 'sysctlSettings',
  script: (keys, mark) => `printf '%s %s\\n' ${mark} ${keys.length}
grep -H -s -E '^[[:space:]]*-?[[:space:]]*[A-Za-z]' ${folders.map((folder) => `${folder}/*.conf`).join(' ')} /etc/sysctl.conf /dev/null
:`,
  parse: ({ stdout }, keys) => {
    const lines = stdout.toString('utf8').split('\n').slice(1);
    return keys.map(() => value(settingsOf(lines)));
  },
  dependsOn: () => [...folders.map((folder) => `${folder}/`), '/etc/sysctl.conf'],
});

function settingsOf(lines: readonly string[]): readonly SysctlSetting[] {
  const all = lines.flatMap((line): SysctlSetting[] => {
    const match = /^([^:]+):\s*-?\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) return [];
    const [, path = '', key = '', text = ''] = match;
    return [{ path, name: sysctlName(key), value: text }];
  });
  return inReadingOrder(all);
}

/** By name of the file; one in an earlier folder hides its namesakes; /etc/sysctl.conf comes last. */
function inReadingOrder(all: readonly SysctlSetting[]): readonly SysctlSetting[] {
  const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const rank = (path: string) => folders.findIndex((folder) => path.startsWith(`${folder}/`));
  const paths = [...new Set(all.map((one) => one.path))];
  const last = paths.filter((path) => rank(path) === -1);
  const ordered = paths
    .filter((path) => rank(path) !== -1)
    .filter(
      (path) =>
        !paths.some(
          (other) =>
            nameOf(other) === nameOf(path) && rank(other) !== -1 && rank(other) < rank(path),
        ),
    )
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return [...ordered, ...last].flatMap((path) => all.filter((one) => one.path === path));
}
