/** Installed packages: one dpkg-query or rpm for all names. */
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
} from '../../module/reader.ts';
import type { ReaderOutput } from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';

export type PackageDatabase = 'dpkg' | 'rpm';

export interface PackageKey {
  readonly name: string;
  /** Without it the host's own: rpm on Red Hat's family, else dpkg. */
  readonly database?: PackageDatabase;
}

/** A package as the database of dpkg or rpm has it. */
export interface Package {
  /** Its own name; another one than asked where it provides the asked name. */
  readonly name: string;
  /** dpkg's version, or `epoch:version-release` of rpm without a zero epoch. */
  readonly version: string;
  readonly arch: string;
  /**
   * `installed`; `removed` (dpkg kept its configuration files); `broken` (unpacked or half
   * configured).
   */
  readonly status: 'installed' | 'removed' | 'broken';
  /** It is on hold, or locked by versionlock. */
  readonly held: boolean;
  /** apt holds it for a dependency: `autoremove` takes it when nothing needs it any more. */
  readonly auto?: true;
  readonly database: PackageDatabase;
}

const databases = ['dpkg', 'rpm', undefined] as const;

const extendedStates = '/var/lib/apt/extended_states';

const packageReader = defineReader<PackageKey, Package>({
  name: 'package',
  script: (keys, mark) => `${findDatabase}
${askDpkg}
${askRpm}
${databases.map((database) => ask(database, keys, mark)).join('')}`,
  parse: parsePackages,
  processes: () => 2,
  // What a provided name stands for, and a name with its architecture.
  names: ({ name }, is) => [is.answer === 'value' ? `${is.value.name}:${is.value.arch}` : name],
  dependsOn: () => ['/var/lib/dpkg/', '/var/lib/rpm/', '/usr/lib/sysimage/rpm/'],
});

/**
 * Reads a package; absent where the database does not know it.
 * @param name also a name that packages provide
 * @param database which database to ask; by default the host's own
 * @returns a read of a Package
 * @example
 * export const reads = { nginx: readers.packageNamed('nginx') };
 */
export const packageNamed: ((name: string, database?: PackageDatabase) => Read<Package>) & {
  readonly definition: typeof packageReader.definition;
} = Object.assign(
  (name: string, database?: PackageDatabase) =>
    packageReader(database === undefined ? { name } : { name, database }),
  { definition: packageReader.definition },
);

// busybox has an `rpm` too, without a database.
const findDatabase = `play_has_rpm() { command -v rpm >/dev/null 2>&1 && { [ -d /var/lib/rpm ] || [ -d /usr/lib/sysimage/rpm ]; }; }
play_database() {
if [ -e /etc/redhat-release ] || ! command -v dpkg-query >/dev/null 2>&1; then
  if play_has_rpm; then printf rpm; fi
else printf dpkg; fi; }`;

/** Which database is the host's own; absent where it has neither. */
export const packageDatabase = defineReader<'host', PackageDatabase>({
  name: 'packageDatabase',
  script: (keys) => `${findDatabase}
for k in ${keys.join(' ')}; do play_database; printf '\\n'; done`,
  parse: ({ stdout }, keys) => {
    const lines = stdout.toString('utf8').split('\n');
    return keys.map((_, index) => {
      const line = lines[index];
      return line === 'dpkg' || line === 'rpm' ? value(line) : absent;
    });
  },
});

/**
 * All packages go through one awk: a name that is not installed may be provided by another package,
 * and a second look for those would be two more processes.
 */
const askDpkg = `play_dpkg() {
m=$1; shift
if ! command -v dpkg-query >/dev/null 2>&1; then printf '%s missing\\n' "$m"; return; fi
printf '%s dpkg\\n' "$m"
s=${extendedStates}; [ -r "$s" ] || s=/dev/null
dpkg-query -W -f '\${Package}\\t\${Version}\\t\${Architecture}\\t\${Status}\\t\${Provides}\\n' | awk -F '\\t' -v m="$m" -v named=" $* " '
function is(name) { return index(named, " " name " ") }
late && /^Package: / { name = substr($0, 10) }
late && /^Auto-Installed: 1/ && is(name) { auto = auto name "\\n" }
late { next }
{ some = 1; found = is($1) || is($1 ":" $3); n = split($5, all, /, */) }
{ for (i = 1; i <= n && !found; i++) { sub(/ .*/, "", all[i]); found = is(all[i]) } }
found
END { if (!some) print m " failed"; printf "%s auto\\n%s", m, auto }' - late=1 "$s"
}`;

const askRpm = `play_rpm() {
m=$1; shift
if ! play_has_rpm; then printf '%s missing\\n' "$m"; return; fi
printf '%s rpm\\n' "$m"
f='%{NAME}\\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\\t%{ARCH}\\tinstall ok installed'
o=$(rpm -q --qf "$f\\n" -- "$@" 2>&1)
printf '%s\\n' "$o"
case $o in
*'error: '*) printf '%s\\n' "$o" >&2; printf '%s failed\\n' "$m"; return ;;
esac
o=$(printf '%s\\n' "$o" | sed -n 's/^package \\(.*\\) is not installed$/\\1/p')
if [ -n "$o" ]; then
  IFS='
'; set -f
  rpm -q --qf "$f\\t[%{PROVIDENAME}, ]\\n" --whatprovides -- $o
  set +f; unset IFS
fi
printf '%s locks\\n' "$m"
for l in /etc/dnf/plugins/versionlock.list /etc/yum/pluginconf.d/versionlock.list; do
  if [ -r "$l" ]; then cat "$l"; fi
done
}`;

function ask(
  database: PackageDatabase | undefined,
  keys: readonly PackageKey[],
  mark: string,
): string {
  const names = keys.filter((key) => key.database === database).map((key) => key.name);
  if (names.length === 0) return '';
  const dpkg = `play_dpkg ${mark} ${names.map(quote).join(' ')}`;
  // rpm knows no `name:arch`: it names all of them.
  const plain = new Set(names.map((name) => name.replace(/:.*/, '')));
  const rpm = `play_rpm ${mark} ${[...plain].map(quote).join(' ')}`;
  if (database !== undefined) return `${database === 'rpm' ? rpm : dpkg}\n`;
  return `case $(play_database) in
dpkg) ${dpkg} ;;
rpm) ${rpm} ;;
*) printf '%s missing\\n' ${mark} ;;
esac
`;
}

function parsePackages(
  output: ReaderOutput,
  keys: readonly PackageKey[],
  mark: string,
): readonly Answer<Package>[] {
  const parts = output.stdout.toString('utf8').split(`${mark} `).slice(1);
  const answered = answeredDatabases(parts);
  const asked = databases.filter((one) => keys.some((key) => key.database === one));
  return keys.map((key) => {
    const of = answered[asked.indexOf(key.database)];
    if (of === undefined || of.database === undefined) {
      return denied(`this host has no ${key.database ?? 'dpkg or rpm'}`);
    }
    if (of.failed && !hasNone.test(output.stderr)) {
      return denied(output.stderr.trim() || 'the package database cannot be read');
    }
    return find(key.name, of.rows);
  });
}

/** What dpkg-query says of a database without packages. */
const hasNone = /no packages found matching/;

interface DatabaseAnswer {
  readonly database: PackageDatabase | undefined;
  rows: readonly Row[];
  failed: boolean;
}

/** `dpkg`, `rpm` or `missing` opens an answer; `locks` and `failed` belong to the one before. */
function answeredDatabases(parts: readonly string[]): readonly DatabaseAnswer[] {
  const answers: DatabaseAnswer[] = [];
  parts.forEach((part, index) => {
    const word = part.slice(0, part.indexOf('\n'));
    const last = answers.at(-1);
    if (word === 'failed' && last !== undefined) last.failed = true;
    else if (word === 'auto' && last !== undefined) last.rows = withAuto(last.rows, part);
    else if (word === 'dpkg')
      answers.push({ database: word, rows: rowsOf(part, '', word), failed: false });
    else if (word === 'rpm') {
      answers.push({
        database: word,
        rows: rowsOf(part, parts[index + 1] ?? '', word),
        failed: false,
      });
    } else if (word === 'missing') answers.push({ database: undefined, rows: [], failed: false });
  });
  return answers;
}

function withAuto(rows: readonly Row[], part: string): readonly Row[] {
  const names = new Set(part.split('\n').slice(1));
  return rows.map((row) =>
    names.has(row.package.name) ? { ...row, package: { ...row.package, auto: true } } : row,
  );
}

interface Row {
  readonly package: Package;
  readonly provides: readonly string[];
}

function rowsOf(text: string, locks: string, database: PackageDatabase): readonly Row[] {
  return text
    .split('\n')
    .map((line) => line.split('\t'))
    .filter((cells) => cells.length >= 4)
    .flatMap(([name = '', version = '', arch = '', status = '', provides = '']): Row[] => {
      const state = stateOf(status);
      if (state === undefined) return [];
      const of: Package = {
        name,
        version: version.replace(/^0:(?=.*-)/, database === 'rpm' ? '' : '$&'),
        arch,
        status: state,
        held: status.startsWith('hold ') || (database === 'rpm' && isLocked(name, locks)),
        database,
      };
      return [
        { package: of, provides: provides.split(',').map((one) => one.trim().split(' ')[0] ?? '') },
      ];
    });
}

function stateOf(status: string): Package['status'] | undefined {
  const [, flag, state] = status.split(' ');
  if (state === undefined || state === 'not-installed') return undefined;
  if (flag !== 'ok') return 'broken';
  if (state === 'config-files') return 'removed';
  return state === 'installed' || state.startsWith('triggers-') ? 'installed' : 'broken';
}

/** versionlock.list has `epoch:name-version-release.arch`, `name-epoch:version…` or globs. */
function isLocked(name: string, locks: string): boolean {
  return locks
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#!]/.test(line))
    .map((line) => line.replace(/^\d+:/, ''))
    .some(
      (line) =>
        line === name ||
        (line.startsWith(`${name}-`) && /^[\d*]/.test(line.slice(name.length + 1))),
    );
}

/** The package of that name, else one that provides it. `name:arch` names an architecture. */
function find(asked: string, rows: readonly Row[]): Answer<Package> {
  const [name, arch] = asked.split(':');
  const own = rows.filter(
    (row) => row.package.name === name && (arch === undefined || row.package.arch === arch),
  );
  const installed = (row: Row) => row.package.status === 'installed';
  const best =
    own.findLast(installed) ??
    rows.find((row) => installed(row) && row.provides.includes(asked)) ??
    own[0];
  return best === undefined ? absent : value(best.package);
}
