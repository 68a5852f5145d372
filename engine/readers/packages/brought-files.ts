/** Reader `broughtFiles`: what an installation of packages left on a host, asked right after it. */
import { defineReader, denied, value, type Answer } from '../../module/reader.ts';
import type { ReaderOutput } from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';
import type { PackageDatabase } from './package.ts';

export interface BroughtKey {
  /** Seconds since 1970, of the host's clock, when it began. */
  readonly began: string;
  readonly packages: readonly string[];
  /** Default dpkg. */
  readonly database?: PackageDatabase;
}

export interface FoundFile {
  /** As `find -printf %y` says: f, d, l, … */
  readonly letter: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly size: number;
  readonly target: string;
}

export interface BroughtFiles {
  readonly roots: Readonly<Record<string, string>>;
  /** By real path: what changed since it began. */
  readonly files: ReadonlyMap<string, FoundFile>;
  /** Paths of each package, as it names them. */
  readonly owned: Readonly<Record<string, readonly string[]>>;
  /** Configuration files and their md5 or sha256 as they came, those that ucf keeps among them. */
  readonly configured: Readonly<Record<string, string>>;
}

/** What changes by itself, and what the package manager keeps for itself. */
const left = [
  '/var/cache',
  '/var/log',
  '/var/tmp',
  '/var/lib/apt',
  '/var/lib/dpkg',
  '/var/lib/rpm',
  '/usr/lib/sysimage',
  '/var/lib/dnf',
  '/var/lib/yum',
  '/var/lib/systemd',
  '/var/lib/ucf',
  '/var/spool',
  '/usr/share/doc',
  '/usr/share/man',
  '/usr/share/locale',
];

const folders = ['/etc', '/usr', '/opt', '/srv', '/boot', '/var', '/home', '/lib', '/lib64'];
const links = ['/bin', '/sbin', '/lib', '/lib64'];

/** More than this is no lesson. */
export const filesLimit = 20_000;

export const broughtFiles = defineReader<BroughtKey, BroughtFiles>({
  name: 'broughtFiles',
  script: (keys, mark) => keys.map((key) => ask(key, mark)).join('\n'),
  parse: parseAll,
  processes: (keys) => 8 * keys.length,
});

const databases: Readonly<
  Record<
    PackageDatabase,
    { readonly files: string; readonly configured: (names: string) => string }
  >
> = {
  dpkg: {
    files: 'dpkg-query -L',
    configured: (names) => `dpkg-query -W -f '\${Conffiles}\\n' ${names}
if [ -r /var/lib/ucf/hashfile ]; then sed 's/^\\([0-9a-f]*\\) *\\(.*\\)/\\2 \\1/' /var/lib/ucf/hashfile; fi`,
  },
  rpm: {
    files: 'rpm -ql',
    configured: (names) =>
      `rpm -q --qf '[%{FILEFLAGS:fflags} %{FILEDIGESTS} %{FILENAMES}\\n]' ${names} | sed -n 's/^[a-z]*c[a-z]* \\([0-9a-f]\\{32,\\}\\) \\(\\/.*\\)$/\\2 \\1/p'`,
  },
};

function ask({ began, packages, database = 'dpkg' }: BroughtKey, mark: string): string {
  const { files, configured } = databases[database];
  const names = packages.map(quote).join(' ');
  const prune = left.map((path) => `-path ${path}`).join(' -o ');
  return `printf '%s roots\\n' ${mark}
for d in ${links.join(' ')}; do if [ -L "$d" ]; then printf '%s %s\\n' "$d" "$(readlink -f "$d")"; fi; done
printf '%s files\\n' ${mark}
set --
for d in ${folders.join(' ')}; do if [ -d "$d" ] && [ ! -L "$d" ]; then set -- "$@" "$d"; fi; done
find "$@" -xdev \\( ${prune} \\) -prune -o -newerct ${quote(`@${began}`)} -printf '%y %m %u %g %s %p\\0%l\\0' | head -c 6000000
for n in ${names}; do
printf '%s package %s\\n' ${mark} "$n"
${files} "$n"
done
printf '%s configured\\n' ${mark}
${configured(names)}
printf '%s end\\n' ${mark}`;
}

function parseAll(
  output: ReaderOutput,
  keys: readonly BroughtKey[],
  mark: string,
): readonly Answer<BroughtFiles>[] {
  const parts = output.stdout.toString('utf8').split(`${mark} `).slice(1);
  return keys.map((): Answer<BroughtFiles> => {
    const end = parts.findIndex((part) => part.startsWith('end'));
    if (end < 0) return denied(`it is not known what came: ${output.stderr.trim()}`);
    return value(parseOne(parts.splice(0, end + 1)));
  });
}

function parseOne(parts: readonly string[]): BroughtFiles {
  const owned: Record<string, readonly string[]> = {};
  const one = (word: string): string => {
    const part = parts.find((each) => each.startsWith(`${word}\n`)) ?? '';
    return part.slice(part.indexOf('\n') + 1);
  };
  for (const part of parts) {
    const name = /^package (\S+)\n/.exec(part)?.[1];
    if (name !== undefined) owned[name] = linesOf(part).slice(1).filter(isPath);
  }
  const roots = linesOf(one('roots')).map((line) => line.split(' '));
  const configured = linesOf(one('configured')).map((line) => line.trim().split(' '));
  return {
    roots: Object.fromEntries(roots.map(([from = '', to = '']) => [from, to])),
    files: filesOf(one('files')),
    owned,
    configured: Object.fromEntries(
      configured.filter(([path = '']) => isPath(path)).map(([path = '', md5 = '']) => [path, md5]),
    ),
  };
}

const isPath = (line: string): boolean => line.startsWith('/');
const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

/** Records end in NUL, after what a link holds. */
function filesOf(text: string): ReadonlyMap<string, FoundFile> {
  const found = new Map<string, FoundFile>();
  const records = text.split('\0');
  for (let index = 0; index + 1 < records.length; index += 2) {
    const fields = /^(\S) (\d+) (\S+) (\S+) (\d+) (\/[^]*)$/.exec(records[index] ?? '');
    if (!fields) continue;
    const [, letter = '', mode = '', owner = '', group = '', size = '', path = ''] = fields;
    found.set(path, {
      letter,
      mode: mode.padStart(4, '0'),
      owner,
      group,
      size: Number(size),
      target: records[index + 1] ?? '',
    });
  }
  return found;
}
