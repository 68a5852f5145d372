/** Reader `nftChain`: the rules of a chain of nftables with their comments. */
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type ReaderOutput,
} from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';

export interface NftKey {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

export interface NftRule {
  readonly handle: number;
  /** Empty where it has none. */
  readonly comment: string;
}

export interface NftChain {
  /** `accept`, `drop`; empty where the chain hangs on no hook. */
  readonly policy: string;
  readonly rules: readonly NftRule[];
}

/** A chain that is not there is *absent*. */
export const nftChain = defineReader<NftKey, NftChain>({
  name: 'nftChain',
  script: (keys, mark) => keys.map((key) => ask(key, mark)).join('\n'),
  parse,
  // The rules are no file; the program comes with a package.
  dependsOn: () => ['/usr/sbin/nft', '/sbin/nft'],
});

const ask = ({ family, table, chain }: NftKey, mark: string): string =>
  `if ! command -v nft >/dev/null 2>&1; then printf '%s none\\n' ${mark}
elif o=$(nft -a list chain ${[family, table, chain].map(quote).join(' ')} 2>&1); then
printf '%s there\\n%s\\n' ${mark} "$o"
else printf '%s failed\\n%s\\n' ${mark} "$o"; fi`;

function parse(
  output: ReaderOutput,
  keys: readonly NftKey[],
  mark: string,
): readonly Answer<NftChain>[] {
  const parts = output.stdout.toString('utf8').split(`${mark} `).slice(1);
  return keys.map((_, index) => {
    const part = parts[index];
    if (part === undefined) throw new Error('the answer of the nftChain reader is cut short');
    const [word, ...lines] = part.trimEnd().split('\n');
    if (word === 'none') return denied('this host has no nft');
    if (word === 'failed') {
      const said = lines.join('\n').trim();
      return /No such file or directory/.test(said) ? absent : denied(said);
    }
    const policy = /\bhook [^\n]*; policy (\w+);/.exec(lines.join('\n'))?.[1] ?? '';
    const rules = lines.flatMap((line): NftRule[] => {
      const handle = /# handle (\d+)$/.exec(line)?.[1];
      if (handle === undefined || /^\s*(table|chain) /.test(line)) return [];
      const comment = / comment "([^"]*)"/.exec(line)?.[1] ?? '';
      return [{ handle: Number(handle), comment }];
    });
    return value({ policy, rules });
  });
}
