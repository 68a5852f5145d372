/** Reader `yumSimulation`: what dnf or yum would install and remove, by its own resolver; nothing is done. */
import { defineReader, value } from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';
import { findYum } from './yum.ts';

export interface YumCommand {
  /** Options that choose repositories. */
  readonly options: readonly string[];
  /** Packages and files to install. */
  readonly words: readonly string[];
}

export interface YumSimulation {
  /** Names to versions, of dependencies too. */
  readonly installs: Readonly<Record<string, string>>;
  readonly removes: readonly string[];
  /** Why it is not to be believed. */
  readonly problem: string | undefined;
}

export const yumSimulation = defineReader<YumCommand, YumSimulation>({
  name: 'yumSimulation',
  last: true,
  script: (keys, mark) =>
    keys
      .map(
        ({ options, words }) => `${findYum}
"$yum" --assumeno ${options.map(quote).join(' ')} install ${words.map(quote).join(' ')} </dev/null 2>&1
printf '%s end\\n' ${mark}`,
      )
      .join('\n'),
  parse: ({ stdout }, keys, mark) => {
    const parts = stdout.toString('utf8').split(`${mark} end\n`);
    return keys.map((_, index) => value(simulationOf(parts[index] ?? '')));
  },
  dependsOn: () => ['/var/lib/rpm/', '/usr/lib/sysimage/rpm/', '/etc/yum.repos.d/', '/var/cache/'],
});

/** Headings of what dnf 4 and yum 3 will have brought, and of what they only mark. */
const comes =
  /^(Installing|Upgrading|Updating|Downgrading)( weak)?( dependencies| for dependencies| group\/module packages)?$/;
const goes = /^Remov/;
const marks = /^(Installing Groups|Installing Environment Groups|Enabling module streams)$/;

export function simulationOf(text: string): YumSimulation {
  const [, table] = /^=+\n Package .*\n=+\n([^]*?)^Transaction Summary$/m.exec(text) ?? [];
  if (table === undefined) return withProblem(said(text));
  const installs: Record<string, string> = {};
  const removes: string[] = [];
  for (const section of table.split(/^(?=\S)/m)) {
    const [heading = '', ...lines] = section.split('\n');
    const name = heading.replace(/:\s*$/, '');
    if (name === '' || marks.test(name)) continue;
    // What a package replaces stands below it.
    removes.push(...lines.flatMap((line) => /^\s+replacing\s+(\S+)\.\S+ /.exec(line)?.[1] ?? []));
    const rows = rowsOf(lines.filter((line) => !/^\s+replacing\s/.test(line)));
    if (!rows || !(comes.test(name) || goes.test(name))) {
      return withProblem(`it is not known what this means: ${section.trim()}`);
    }
    for (const row of rows) {
      if (goes.test(name)) removes.push(row.name);
      else installs[row.name] = row.version;
    }
  }
  return { installs, removes, problem: undefined };
}

const withProblem = (problem: string): YumSimulation => ({ installs: {}, removes: [], problem });

/**
 * Name, architecture, version, repository, size and its unit, which bytes have none of; long ones
 * are broken over lines.
 */
function rowsOf(lines: readonly string[]): { name: string; version: string }[] | undefined {
  const words = lines.flatMap((line) => line.split(/\s+/).filter((word) => word !== ''));
  const rows: { name: string; version: string }[] = [];
  for (let at = 0; at < words.length; at += unit.test(words[at] ?? '') ? 1 : 0) {
    const [name = '', , version = '', , size = ''] = words.slice(at, at + 5);
    if (!/^[\d.]+$/.test(size)) return undefined;
    rows.push({ name, version: version.replace(/^0:/, '') });
    at += 5;
  }
  return rows;
}

const unit = /^[kMGT]$/;

const said = (text: string): string => {
  const errors = text.split('\n').filter((line) => /^(Error|No match|No package)/.test(line));
  return errors.join('; ') || text.trim().split('\n').at(-1) || 'it said nothing';
};
