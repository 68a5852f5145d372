/** What a package manager's script says at its end: what came and went, by lists before and after. */
import type { PackageVersion } from '../../../module/brought.ts';
import { rawScript, type Script } from '../../../shell/script.ts';
import type { PackageDatabase } from '../../../readers/packages/package.ts';

export interface PackageNews {
  /** Seconds since 1970, of the host's clock, when it began. */
  readonly began: string;
  readonly came: readonly PackageVersion[];
  readonly went: readonly PackageVersion[];
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** Keys that rpm keeps among its packages are none. */
const listOf: Readonly<Record<PackageDatabase, string>> = {
  dpkg: `dpkg-query -W -f '\${db:Status-Status} package \${Package} \${Version} \${Architecture}\\n' | sed -n 's/^installed //p'`,
  rpm: `rpm -qa --qf 'package %{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{ARCH}\\n' | sed -e '/^package gpg-pubkey /d' -e 's/^\\(package [^ ]* \\)0:/\\1/'`,
};

const list = (database: PackageDatabase): string => `play_list() {
${listOf[database]}
sed 's/^\\([^:]*\\):.*/user \\1/' /etc/passwd
sed 's/^\\([^:]*\\):.*/group \\1/' /etc/group
}`;

/** Goes before what installs and removes. */
export const beforePackages = (database: PackageDatabase): Script =>
  rawScript(`${list(database)}
play_before=$(play_list) play_began=$(date +%s.%N)`);

/** Goes behind it: the news, one a line. */
export const afterPackages: Script =
  rawScript(`{ printf '%s\\n' "$play_before" --; play_list; } | awk '$0 == "--" { late = 1; next }
!late { was[$0] = 1; next }
$0 in was { delete was[$0]; next }
{ print "tsplay: came " $0 }
END { for (line in was) print "tsplay: went " line }'
printf 'tsplay: began %s\\n' "$play_began"`);

/** @returns undefined where the script did not come to its end */
export function packageNews(stdout: string): PackageNews | undefined {
  const began = /^tsplay: began (\d+(?:\.\d+)?)$/m.exec(stdout)?.[1];
  if (began === undefined) return undefined;
  const lines = (start: string): readonly string[][] =>
    [...stdout.matchAll(new RegExp(`^tsplay: ${start} (.+)$`, 'gm'))].map(([, rest = '']) =>
      rest.split(' '),
    );
  const packages = (word: string): PackageVersion[] =>
    lines(`${word} package`).flatMap(([name, version, arch]) =>
      name !== undefined && version !== undefined && arch !== undefined
        ? [{ name, version, arch }]
        : [],
    );
  const names = (kind: string): readonly string[] =>
    lines(`came ${kind}`).flatMap(([name]) => name ?? []);
  return {
    began,
    came: packages('came'),
    went: packages('went'),
    users: names('user'),
    groups: names('group'),
  };
}
