/** Module `nftables`: one rule, known by its comment. Rules of others are never touched. */
import { z } from 'zod';
import { sha256 } from '../../digest.ts';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import { change, same, unpredictable, type Difference, type Plan } from '../../module/plan.ts';
import { nftChain, type NftChain, type NftRule } from '../../readers/network/nft-chain.ts';
import { contentOf } from '../../shell/content.ts';
import { sh } from '../../shell/script.ts';

const word = z.string().regex(/^[A-Za-z][\w./-]*$/, 'is no name of nftables');

const args = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.:@/+-]+( [\w.:@/+-]+)*$/, 'takes letters, digits, single blanks and . : @ / + _ -')
    .max(90)
    .optional()
    .describe('name of the rule: its comment is play: NAME and a digest'),
  family: z
    .enum(['inet', 'ip', 'ip6', 'arp', 'bridge', 'netdev'])
    .default('inet')
    .describe('of the table'),
  table: word.describe("the table: 'filter'"),
  chain: word.describe("the chain: 'input'"),
  rule: z
    .string()
    .regex(/^[^\r\n;"]+$/, 'must be one rule on one line, without ; and quotes')
    .optional()
    .describe("the rule in the syntax of nft: 'tcp dport 22 accept'"),
  position: z
    .enum(['first', 'last'])
    .default('last')
    .describe('where a new rule goes; an existing one stays in its place'),
  create: z.boolean().default(false).describe('create table and chain if they are missing'),
  hook: z
    .strictObject({
      type: z.enum(['filter', 'nat', 'route']),
      hook: z.enum(['prerouting', 'input', 'forward', 'output', 'postrouting', 'ingress']),
      priority: z.union([z.int(), word]),
    })
    .optional()
    .describe('with create: hook of the chain'),
  policy: z.enum(['accept', 'drop']).optional().describe('policy of a chain with a hook'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
});

type Want = z.output<typeof args>;

export interface NftablesResult {
  /** The rule's handle; 0 where it is absent, or not known before it is made. */
  readonly handle: number;
}

export const nftables = defineModule({
  name: 'nftables',
  summary: 'Manages one rule of nftables, found by its comment, with its table and chain.',
  args,
  example: `nftables('ssh', {
  name: 'ssh',
  table: 'filter',
  chain: 'input',
  rule: 'tcp dport 22 accept',
  create: true,
  hook: { type: 'filter', hook: 'input', priority: 0 },
})`,
  returns: { handle: "the rule's handle; 0 where it is absent" },
  mistakes(want) {
    const found: string[] = [];
    if (want.name === undefined && want.policy === undefined && !want.create) {
      found.push('give name, policy or create');
    }
    const needsRule = want.name !== undefined && want.state === 'present';
    if (needsRule && want.rule === undefined) found.push('state present needs rule');
    if (want.name === undefined && want.rule !== undefined) found.push('a rule needs name');
    if (/\bcomment\b/.test(want.rule ?? '')) found.push('the comment is what the rule is found by');
    if (want.hook !== undefined && !want.create) found.push('hook needs create');
    return found;
  },
  reads: (want) => ({ chain: readOf(want) }),
  plan(want, is): Plan<NftablesResult> {
    if (is.chain === undefined && want.state === 'absent') return same({ handle: 0 });
    if (is.chain === undefined && !want.create) {
      throw new StepError(`there is no chain ${placeOf(want)}`, { hint: 'create: true makes it' });
    }
    const { differences, commands } = wrong(want, is.chain);
    const handle = ownRules(want, is.chain)[0]?.handle ?? 0;
    if (commands.length === 0) return same({ handle });
    return change({
      differences,
      // One transaction: all of it or nothing.
      script: sh`${contentOf(commands.map((line) => `${line}\n`).join(''))} | nft -f -`,
      after: [unpredictable(readOf(want))],
      invalidates: { readers: ['nftChain'] },
      result: { handle },
    });
  },
});

const readOf = ({ family, table, chain }: Want) => nftChain({ family, table, chain });

const placeOf = ({ family, table, chain }: Want): string => `${family} ${table} ${chain}`;

/** nft writes a rule anew in its own words, so the comment holds a digest of ours. */
const commentOf = (want: Want): string =>
  `play: ${want.name} ${sha256(want.rule ?? '').slice(0, 12)}`;

const ownRules = (want: Want, is: NftChain | undefined): readonly NftRule[] =>
  (is?.rules ?? []).filter(
    ({ comment }) => comment.replace(/ [0-9a-f]{12}$/, '') === `play: ${want.name}`,
  );

interface Wrong {
  readonly differences: readonly Difference[];
  readonly commands: readonly string[];
}

function wrong(want: Want, is: NftChain | undefined): Wrong {
  const parts = [chainWrong(want, is), policyWrong(want, is), ruleWrong(want, is)];
  return {
    differences: parts.flatMap(({ differences }) => differences),
    commands: parts.flatMap(({ commands }) => commands),
  };
}

const right: Wrong = { differences: [], commands: [] };

function chainWrong(want: Want, is: NftChain | undefined): Wrong {
  if (is !== undefined) return right;
  const { family, table, hook } = want;
  const body = hook ? ` { type ${hook.type} hook ${hook.hook} priority ${hook.priority} ; }` : '';
  return {
    differences: [{ what: `chain ${placeOf(want)}`, from: 'absent', to: 'there' }],
    commands: [`add table ${family} ${table}`, `add chain ${placeOf(want)}${body}`],
  };
}

function policyWrong(want: Want, is: NftChain | undefined): Wrong {
  const { policy } = want;
  if (policy === undefined || is?.policy === policy) return right;
  if (is?.policy === '') throw new StepError(`${placeOf(want)} has no hook, so it has no policy`);
  return {
    differences: [{ what: `policy of ${placeOf(want)}`, from: is?.policy ?? 'absent', to: policy }],
    commands: [`chain ${placeOf(want)} { policy ${policy} ; }`],
  };
}

function ruleWrong(want: Want, is: NftChain | undefined): Wrong {
  if (want.name === undefined) return right;
  const own = ownRules(want, is);
  const place = placeOf(want);
  const what = `rule ${want.name} of ${place}`;
  const removing = own.map(({ handle }) => `delete rule ${place} handle ${handle}`);
  if (want.state === 'absent') {
    if (own.length === 0) return right;
    return { differences: [{ what, from: 'present', to: 'absent' }], commands: removing };
  }
  const text = `${want.rule} comment "${commentOf(want)}"`;
  const [first, ...more] = own;
  if (first === undefined) {
    const verb = want.position === 'first' ? 'insert' : 'add';
    const commands = [`${verb} rule ${place} ${text}`];
    return { differences: [{ what, from: 'absent', to: want.rule }], commands };
  }
  if (first.comment === commentOf(want) && more.length === 0) return right;
  const from = more.length > 0 ? `${own.length} times` : 'another one';
  return {
    differences: [{ what, from, to: want.rule }],
    commands: [`replace rule ${place} handle ${first.handle} ${text}`, ...removing.slice(1)],
  };
}
