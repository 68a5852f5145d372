/** What dnf or yum says of all: groups that are installed, packages that have an update. */
import { defineReader, denied, value, type ReaderOutput } from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';
import { findYum, updatesOf } from './yum.ts';

export interface YumListKey {
  /** Options that choose repositories. */
  readonly options: readonly string[];
}

const dependsOn = () => [
  '/var/lib/rpm/',
  '/usr/lib/sysimage/rpm/',
  '/var/lib/dnf/',
  '/var/lib/yum/',
  '/etc/yum.repos.d/',
  '/var/cache/',
];

/**
 * Ids of the groups (`@tools`) and environments (`@^minimal`) that are installed. dnf takes the
 * words of yum 3, and its options for them one at a time only; yum 3 says nothing with -q.
 */
export const yumGroups = defineReader<YumListKey, readonly string[]>({
  name: 'yumGroups',
  last: true,
  script: (keys, mark) =>
    keys
      .map(({ options }) => {
        const words = options.map(quote).join(' ');
        return `${findYum}
case $yum in dnf) level=-q ;; *) level=--debuglevel=2 ;; esac
"$yum" "$level" ${words} group list hidden ids installed </dev/null
printf '\\n%s %s\\n' ${mark} "$?"`;
      })
      .join('\n'),
  parse: (output, keys, mark) =>
    answersOf(output, mark).map(({ code, text }, index) => {
      if (index >= keys.length) throw new Error('the reader has too many answers');
      // Repositories without any group are no failure.
      if (code !== 0 && !/No group data available/.test(output.stderr)) {
        return denied(output.stderr.trim() || 'group list failed');
      }
      return value(groupsOf(text));
    }),
  dependsOn,
});

/** New versions by `name.arch` of every package that has one. */
export const yumUpdates = defineReader<YumListKey, Readonly<Record<string, string>>>({
  name: 'yumUpdates',
  last: true,
  script: (keys, mark) =>
    keys
      .map(
        ({ options }) => `${findYum}
"$yum" -q ${options.map(quote).join(' ')} check-update </dev/null
printf '\\n%s %s\\n' ${mark} "$?"`,
      )
      .join('\n'),
  parse: (output, _keys, mark) =>
    answersOf(output, mark).map(({ code, text }) => {
      if (code !== 0 && code !== 100) return denied(output.stderr.trim() || 'check-update failed');
      return value(Object.fromEntries(updatesOf(text)));
    }),
  dependsOn,
});

/** Each text ends with the mark and the exit code. */
function answersOf(output: ReaderOutput, mark: string) {
  const parts = output.stdout.toString('utf8').split(`\n${mark} `);
  return parts.slice(1).map((part, index) => ({
    code: Number.parseInt(part, 10),
    text: (parts[index] ?? '').replace(/^\d+\n/, ''),
  }));
}

/** Headings, and below each `   Name (id)`, of language groups with ` [xx]` behind it. */
function groupsOf(text: string): readonly string[] {
  const found: string[] = [];
  let sign: string | undefined;
  for (const line of text.split('\n')) {
    const heading = /^(Installed|Available)( environment)?.* groups:$/i.exec(line.trimEnd());
    if (heading) {
      const installed = heading[1]?.toLowerCase() === 'installed';
      sign = installed ? (heading[2] ? '@^' : '@') : undefined;
      continue;
    }
    const id = /^ {3}.* \(([^()]+)\)(?: \[[^\]]*\])?$/.exec(line.trimEnd())?.[1];
    if (id !== undefined && sign !== undefined) found.push(`${sign}${id}`);
  }
  return found;
}
