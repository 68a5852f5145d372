/** Reader `iptables`: the rules of a chain that bear our mark, compared by iptables itself. */
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type ReaderOutput,
} from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';

export interface IptablesKey {
  readonly command: 'iptables' | 'ip6tables';
  readonly table: string;
  readonly chain: string;
  /** What the comment of the rule says; undefined asks for the chain alone. */
  readonly comment: string | undefined;
  /** The whole rule as words, the comment among them. */
  readonly rule: readonly string[];
}

export interface IptablesChain {
  /** `ACCEPT`, `DROP`; empty where the chain is no built-in one. */
  readonly policy: string;
  /** How many rules it has. */
  readonly rules: number;
  /** Numbers of those with the comment, from 1. */
  readonly marked: readonly number[];
  /** A rule like the asked one is there, whatever way it is written. */
  readonly matches: boolean;
}

/** A chain that is not there is *absent*. */
export const iptables = defineReader<IptablesKey, IptablesChain>({
  name: 'iptables',
  script: (keys, mark) => keys.map((key) => ask(key, mark)).join('\n'),
  parse,
  // The rules are no file; the program comes with a package.
  dependsOn: ({ command }) => [`/usr/sbin/${command}`, `/sbin/${command}`],
});

function ask({ command, table, chain, comment, rule }: IptablesKey, mark: string): string {
  const words = `${command} -w 10 -t ${quote(table)}`;
  const check = `${words} -C ${[chain, ...rule].map(quote).join(' ')} >/dev/null 2>&1`;
  return `if ! command -v ${command} >/dev/null 2>&1; then printf '%s none\\n\\n' ${mark}
elif o=$(${words} -S ${quote(chain)} 2>&1); then
printf '%s there\\n%s\\n' ${mark} "$o"
else printf '%s failed\\n%s\\n' ${mark} "$o"; fi
${comment === undefined ? 'false' : check}
printf '%s code %s\\n' ${mark} "$?"`;
}

function parse(
  output: ReaderOutput,
  keys: readonly IptablesKey[],
  mark: string,
): readonly Answer<IptablesChain>[] {
  const parts = output.stdout.toString('utf8').split(`${mark} `).slice(1);
  return keys.map(({ command, comment }, index) => {
    const [part, check] = [parts[2 * index], parts[2 * index + 1]];
    if (part === undefined || check === undefined) {
      throw new Error('the answer of the iptables reader is cut short');
    }
    const [word, ...lines] = part.trimEnd().split('\n');
    if (word === 'none') return denied(`this host has no ${command}`);
    if (word === 'failed') {
      const said = lines.join('\n').trim();
      const isMissing = /No chain\/target\/match|does not exist|Bad rule|chain .* in table/.test(
        said,
      );
      return isMissing && !/ermission/.test(said) ? absent : denied(said);
    }
    const rules = lines.filter((line) => line.startsWith('-A '));
    const own = `--comment "${comment ?? ''}"`;
    const marked = rules.flatMap((line, at) => (line.includes(own) ? [at + 1] : []));
    const policy = /^-P \S+ (\S+)/m.exec(lines.join('\n'))?.[1] ?? '';
    return value({ policy, rules: rules.length, marked, matches: check.startsWith('code 0') });
  });
}
