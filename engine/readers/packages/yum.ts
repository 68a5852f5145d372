/** What dnf or yum offers, and what is in .rpm files on the host. */
import { absent, defineReader, denied, value, type Answer } from '../../module/reader.ts';
import type { ReaderOutput } from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';
import { followedPath } from '../files/about-path.ts';

export interface UpdateKey {
  readonly name: string;
  /** Options that choose repositories. */
  readonly options: readonly string[];
}

/** The version that an installed package would be upgraded to; absent where it is the newest. */
export const yumUpdate = defineReader<UpdateKey, string>({
  name: 'yumUpdate',
  last: true,
  script: (keys, mark) =>
    groupsOf(keys)
      .map(
        ({ options, names }) => `${findYum}
"$yum" -q ${options.map(quote).join(' ')} check-update ${names.map(quote).join(' ')} </dev/null
printf '\\n%s %s\\n' ${mark} "$?"`,
      )
      .join('\n'),
  parse: (output, keys, mark) => {
    const parts = output.stdout.toString('utf8').split(`\n${mark} `);
    const groups = groupsOf(keys);
    const updates = groups.map((_, index) => {
      const code = Number.parseInt(parts[index + 1] ?? '1', 10);
      const text = (parts[index] ?? '').replace(/^\d+\n/, '');
      return code === 0 || code === 100 ? updatesOf(text) : undefined;
    });
    return keys.map((key) => {
      const found = updates[groups.findIndex(({ options }) => sameWords(options, key.options))];
      if (found === undefined) return denied(output.stderr.trim() || 'check-update failed');
      const [, version] =
        [...found].find(
          ([name]) => name === key.name || name.replace(/\.[^.]+$/, '') === key.name,
        ) ?? [];
      return version === undefined ? absent : value(version);
    });
  },
  dependsOn: () => ['/var/lib/rpm/', '/usr/lib/sysimage/rpm/', '/etc/yum.repos.d/', '/var/cache/'],
});

/** dnf where there is one. */
export const findYum = `yum=dnf; command -v dnf >/dev/null 2>&1 || yum=yum`;

const sameWords = (a: readonly string[], b: readonly string[]) => a.join('\n') === b.join('\n');

function groupsOf(keys: readonly UpdateKey[]): { options: readonly string[]; names: string[] }[] {
  const groups: { options: readonly string[]; names: string[] }[] = [];
  for (const { name, options } of keys) {
    const group = groups.find((one) => sameWords(one.options, options));
    if (group === undefined) groups.push({ options, names: [name] });
    else group.names.push(name);
  }
  return groups;
}

/** `name.arch version repository`, three words each, which yum 3 breaks over lines. */
export function updatesOf(text: string): Map<string, string> {
  const [table = ''] = text.split(/^Obsoleting Packages/m);
  const words = table.split(/\s+/).filter((word) => word !== '');
  const found = new Map<string, string>();
  for (let at = 0; at + 2 < words.length; at += 3) {
    found.set(words[at] ?? '', (words[at + 1] ?? '').replace(/^0:/, ''));
  }
  return found;
}

export interface RpmFile {
  readonly name: string;
  /** `epoch:version-release` without a zero epoch. */
  readonly version: string;
  readonly arch: string;
}

/** Name and version in a .rpm file on the host. */
export const rpmFile = defineReader<string, RpmFile>({
  name: 'rpmFile',
  script: (paths, mark) =>
    paths
      .map(
        (path) => `if [ ! -e ${quote(path)} ]; then printf '%s absent\\n' ${mark}
else printf '%s rpm\\n' ${mark}; rpm -qp --nosignature --qf '%{NAME}\\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\\t%{ARCH}\\n' -- ${quote(path)}; fi`,
      )
      .join('\n'),
  parse: parseRpms,
  dependsOn: (path) => [path],
  about: followedPath,
});

function parseRpms(
  output: ReaderOutput,
  paths: readonly string[],
  mark: string,
): readonly Answer<RpmFile>[] {
  const parts = output.stdout.toString('utf8').split(`${mark} `).slice(1);
  return paths.map((path, index) => {
    const part = parts[index] ?? '';
    if (part.startsWith('absent\n')) return absent;
    const [name, version, arch] = (part.split('\n')[1] ?? '').split('\t');
    if (!name || !version || !arch) {
      return denied(`${path}: ${output.stderr.trim() || 'not an .rpm file'}`);
    }
    return value({ name, version: version.replace(/^0:/, ''), arch });
  });
}
