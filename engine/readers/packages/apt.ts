/** What apt could do: versions on offer, the age of its lists, and its own simulation. */
import { absent, defineReader, denied, value, type Answer } from '../../module/reader.ts';
import type { ReaderOutput } from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';
import { followedPath } from '../files/about-path.ts';

const lists = ['/var/lib/apt/lists/', '/etc/apt/'];

export interface Offer {
  /** What apt would install; empty where it knows the name but has no version. */
  readonly candidate: string;
  /** Every version in the lists, newest first. */
  readonly versions: readonly string[];
}

/** Versions of a package in apt's lists; absent where they do not name it. */
export const aptOffer = defineReader<string, Offer>({
  name: 'aptOffer',
  script: (names) => `apt-cache policy -- ${names.map(quote).join(' ')}`,
  parse: (output, names) => {
    if (output.code !== 0) return names.map(() => denied(output.stderr.trim()));
    const offers = offersOf(output.stdout.toString('utf8'));
    return names.map((name) => {
      const offer = offers.get(name);
      return offer === undefined ? absent : value(offer);
    });
  },
  dependsOn: () => [...lists, '/var/lib/dpkg/'],
});

function offersOf(text: string): Map<string, Offer> {
  const offers = new Map<string, Offer>();
  for (const block of text.split(/\n(?=\S)/)) {
    const name = /^(\S+):$/m.exec(block)?.[1];
    const candidate = /^ {2}Candidate: (\S+)$/m.exec(block)?.[1] ?? '(none)';
    const versions = [...block.matchAll(/^ (?:\*\*\*|   ) (\S+) -?\d+$/gm)].map((m) => m[1] ?? '');
    if (name !== undefined) {
      offers.set(name, { candidate: candidate === '(none)' ? '' : candidate, versions });
    }
  }
  return offers;
}

export interface AptLists {
  readonly present: boolean;
  /** Seconds since they were fetched. */
  readonly age: number;
}

/** The package lists, whichever key. */
export const aptLists = defineReader<'lists', AptLists>({
  name: 'aptLists',
  script: (keys) => `for k in ${keys.join(' ')}; do
set -- /var/lib/apt/lists/*Packages*
if [ -e "$1" ]; then printf 'present'; else printf 'missing'; fi
date +' %s'
stat -c %Y /var/lib/apt/lists /var/lib/apt/lists/partial /var/lib/apt/periodic/update-success-stamp 2>/dev/null | tr '\\n' ' '
printf '\\n'
done`,
  parse: (output, keys) => {
    const lines = output.stdout.toString('utf8').split('\n');
    return keys.map((_, index) => {
      const [word, now] = (lines[index * 2] ?? '').split(' ');
      const stamps = (lines[index * 2 + 1] ?? '').trim().split(' ').map(Number);
      return value({
        present: word === 'present',
        age: Math.max(0, Number(now) - Math.max(...stamps, 0)),
      });
    });
  },
  dependsOn: () => lists,
});

/** Arguments of `apt-get` after `-s`. */
export interface AptCommand {
  readonly argv: readonly string[];
}

export interface AptSimulation {
  /** Name (with `:arch` where foreign) to version that would be there; upgrades included. */
  readonly installs: Readonly<Record<string, string>>;
  readonly removes: readonly string[];
  /** Apt's own words where it cannot do it. */
  readonly problem: string | undefined;
}

/** Without these a simulation as root writes a log of its plan, and caches where they are old. */
const writeNothing = [
  'Dir::Log::Planner=/dev/null',
  'Dir::Log::Solver=/dev/null',
  'Dir::Cache::pkgcache=',
  'Dir::Cache::srcpkgcache=',
]
  .map((setting) => `-o ${setting}`)
  .join(' ');

/** What `apt-get` would do. It needs no lock and writes nothing. */
export const aptSimulation = defineReader<AptCommand, AptSimulation>({
  name: 'aptSimulation',
  last: true,
  script: (keys, mark) =>
    keys
      .map(({ argv }) => {
        const words = argv.map(quote).join(' ');
        return `apt-get -s -q ${writeNothing} -o APT::Get::Show-User-Simulation-Note=false ${words} 2>&1
printf '\\n%s %s\\n' ${mark} "$?"`;
      })
      .join('\n'),
  parse: (output, keys, mark) => {
    const parts = output.stdout.toString('utf8').split(`\n${mark} `);
    return keys.map((_, index) => {
      const text = index === 0 ? (parts[0] ?? '') : afterFirstLine(parts[index] ?? '');
      return value(simulationOf(text, Number.parseInt(parts[index + 1] ?? '1', 10)));
    });
  },
  dependsOn: () => [...lists, '/var/lib/dpkg/'],
});

const afterFirstLine = (text: string) => text.slice(text.indexOf('\n') + 1);

function simulationOf(text: string, code: number): AptSimulation {
  const installs: Record<string, string> = {};
  for (const [, name = '', version = ''] of text.matchAll(
    /^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/gm,
  )) {
    installs[name] = version;
  }
  const removes = [...text.matchAll(/^(?:Remv|Purg) (\S+)/gm)].map((match) => match[1] ?? '');
  const errors = text.split('\n').filter((line) => line.startsWith('E: '));
  return {
    installs,
    removes,
    problem: code === 0 ? undefined : errors.map((line) => line.slice(3)).join('; ') || text.trim(),
  };
}

/** Packages that dpkg has not finished with. */
export const dpkgBroken = defineReader<'dpkg', readonly string[]>({
  name: 'dpkgBroken',
  script: (
    keys,
    mark,
  ) => `dpkg-query -W -f '\${Package} \${Status}\\n' | grep -v -E ' ok (installed|config-files|not-installed|triggers-[a-z]+)$'
for u in /var/lib/dpkg/updates/*; do if [ -e "$u" ]; then printf '%s interrupted\\n' "\${u##*/}"; fi; done
printf '%s %s\\n' ${mark} ${keys.length}`,
  parse: (output, keys, mark) => {
    const text = output.stdout.toString('utf8');
    if (!text.includes(`${mark} `)) return keys.map(() => denied(output.stderr.trim()));
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith(`${mark} `));
    return keys.map(() => value(lines.map((line) => line.split(' ')[0] ?? '')));
  },
  dependsOn: () => ['/var/lib/dpkg/'],
});

export interface DebFile {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
}

/** Name and version in a .deb file on the host. */
export const debFile = defineReader<string, DebFile>({
  name: 'debFile',
  script: (paths, mark) =>
    paths
      .map(
        (path) => `if [ ! -e ${quote(path)} ]; then printf '%s absent\\n' ${mark}
else printf '%s deb\\n' ${mark}; dpkg-deb -f ${quote(path)} Package Version Architecture; fi`,
      )
      .join('\n'),
  parse: parseDebs,
  dependsOn: (path) => [path],
  about: followedPath,
});

function parseDebs(
  output: ReaderOutput,
  paths: readonly string[],
  mark: string,
): readonly Answer<DebFile>[] {
  const parts = output.stdout.toString('utf8').split(`${mark} `).slice(1);
  return paths.map((path, index) => {
    const part = parts[index] ?? '';
    if (part.startsWith('absent\n')) return absent;
    const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(part)?.[1] ?? '';
    if (field('Package') === '')
      return denied(`${path}: ${output.stderr.trim() || 'not a .deb file'}`);
    return value({
      name: field('Package'),
      version: field('Version'),
      arch: field('Architecture'),
    });
  });
}
