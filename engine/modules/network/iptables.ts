/** Module `iptables`: one rule, known by its comment. Rules of others are never touched. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import { change, predict, same, type Plan } from '../../module/plan.ts';
import { absent, value } from '../../module/reader.ts';
import { iptables as readChain, type IptablesChain } from '../../readers/network/iptables.ts';
import { joinScripts, sh, type Script } from '../../shell/script.ts';

const word = z.string().regex(/^\S+$/, 'must be one word');
const port = z.union([
  z.int().min(0).max(65_535),
  z.string().regex(/^\d+(:\d+)?$/, "must be a port or a range, as '8000:8080'"),
]);
const ports = z.union([port, z.array(port).min(1).max(15)]);
const not = z.string().regex(/^(! )?\S+$/, "must be one word, or '! ' and one word");

const args = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.:@/+-]+( [\w.:@/+-]+)*$/, 'takes letters, digits, single blanks and . : @ / + _ -')
    .max(200)
    .optional()
    .describe('name of the rule: its comment is play: NAME'),
  chain: word.describe("'INPUT', or a chain of your own"),
  table: z
    .enum(['filter', 'nat', 'mangle', 'raw', 'security'])
    .default('filter')
    .describe('the table'),
  ip: z.enum(['ipv4', 'ipv6']).default('ipv4').describe('user or group that sends the packet'),
  protocol: not.optional().describe("'tcp', 'udp', 'icmp'; '! tcp' for all others"),
  source: not.optional().describe("address or network: '10.0.0.0/8'"),
  destination: not.optional().describe('likewise'),
  inInterface: not.optional().describe("'eth0'"),
  outInterface: not.optional().describe('likewise'),
  sourcePort: ports.optional().describe('needs protocol'),
  destinationPort: ports.optional().describe('needs protocol'),
  connection: z
    .array(z.enum(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED', 'SNAT', 'DNAT']))
    .optional()
    .describe('states of the connection'),
  jump: word.optional().describe("'ACCEPT', 'DROP', 'MASQUERADE', a chain"),
  more: z
    .array(z.string().min(1))
    .default([])
    .describe("further words: ['--to-destination', '10.0.0.2']"),
  position: z
    .enum(['first', 'last'])
    .default('last')
    .describe('where a new rule goes; an existing one stays in its place'),
  create: z.boolean().default(false).describe('create the chain if it is missing'),
  policy: z
    .enum(['ACCEPT', 'DROP'])
    .optional()
    .describe('policy of a built-in chain; without name, only the policy is set'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
});

type Want = z.output<typeof args>;

export interface IptablesResult {
  /** Its number in the chain, from 1; 0 where it is absent. */
  readonly number: number;
}

export const iptables = defineModule({
  name: 'iptables',
  summary: 'Manages one rule of iptables, found by its comment, or the policy of a chain.',
  args,
  example: `iptables('ssh from inside', {
  name: 'ssh',
  chain: 'INPUT',
  protocol: 'tcp',
  source: '10.0.0.0/8',
  destinationPort: 22,
  jump: 'ACCEPT',
})`,
  returns: { number: 'its number in the chain, from 1; 0 where it is absent' },
  mistakes,
  reads: (want) => ({ chain: readOf(want) }),
  plan(want, is): Plan<IptablesResult> {
    const now = is.chain;
    if (now === undefined) return planMissing(want);
    const wrong = [...policyOff(want, now), ...ruleOff(want, now)];
    const number = now.marked[0] ?? 0;
    if (wrong.length === 0) return same({ number });
    const present = want.state === 'present' && want.name !== undefined;
    const place = number || (want.position === 'first' ? 1 : now.rules + 1);
    const marked = present ? [place] : [];
    const after = { policy: want.policy ?? now.policy, rules: now.rules, marked, matches: present };
    return change({
      differences: wrong.map(({ difference }) => difference),
      script: joinScripts(wrong.map(({ script }) => script)),
      after: [predict(readOf(want), value(after))],
      invalidates: { readers: ['iptables'] },
      result: { number: present ? place : 0 },
    });
  },
});

function mistakes(want: Want): string[] {
  const found: string[] = [];
  if (want.name === undefined && want.policy === undefined) found.push('give name, or policy');
  if (want.policy !== undefined && want.state === 'absent') found.push('a policy cannot be absent');
  const rule = ruleOf(want);
  if (want.name === undefined && rule.length > 0) found.push('a rule needs name');
  if (want.name !== undefined && want.state === 'present' && rule.length === 0) {
    found.push('the rule is empty: give jump');
  }
  const portless = want.protocol === undefined || want.protocol.startsWith('!');
  if (portless && (want.sourcePort ?? want.destinationPort) !== undefined) {
    found.push('ports need protocol');
  }
  if (
    want.more.some((each) =>
      /^(-[ADIRLSFZNXPE]|--(append|delete|insert|flush|comment))$/.test(each),
    )
  ) {
    found.push('more is for matches and options of the target, not for commands');
  }
  return found;
}

const commentOf = ({ name }: Want): string | undefined =>
  name === undefined ? undefined : `play: ${name}`;

const commandOf = ({ ip }: Want) => (ip === 'ipv4' ? 'iptables' : 'ip6tables');

const readOf = (want: Want) =>
  readChain({
    command: commandOf(want),
    table: want.table,
    chain: want.chain,
    comment: commentOf(want),
    rule: markedRule(want),
  });

/** The rule without its comment. */
function ruleOf(want: Want): readonly string[] {
  const option = (flag: string, of: string | undefined): readonly string[] => {
    if (of === undefined) return [];
    return of.startsWith('! ') ? ['!', flag, of.slice(2)] : [flag, of];
  };
  return [
    ...option('-p', want.protocol),
    ...option('-s', want.source),
    ...option('-d', want.destination),
    ...option('-i', want.inInterface),
    ...option('-o', want.outInterface),
    ...portsOf(want, 'sport', want.sourcePort),
    ...portsOf(want, 'dport', want.destinationPort),
    ...(want.connection ? ['-m', 'conntrack', '--ctstate', want.connection.join(',')] : []),
    ...option('-j', want.jump),
    ...want.more,
  ];
}

function portsOf(want: Want, flag: 'sport' | 'dport', of: Want['sourcePort']): readonly string[] {
  if (of === undefined) return [];
  if (Array.isArray(of)) return ['-m', 'multiport', `--${flag}s`, of.join(',')];
  return ['-m', want.protocol ?? 'tcp', `--${flag}`, String(of)];
}

const markedRule = (want: Want): readonly string[] => {
  const comment = commentOf(want);
  return comment === undefined ? [] : [...ruleOf(want), '-m', 'comment', '--comment', comment];
};

const command = (want: Want, words: readonly (string | number)[]): Script =>
  sh`${commandOf(want)} -w 60 -t ${want.table} ${words} || exit`;

interface Off {
  readonly difference: { readonly what: string; readonly from: unknown; readonly to: unknown };
  readonly script: Script;
}

function policyOff(want: Want, { policy }: IptablesChain): readonly Off[] {
  if (want.policy === undefined || want.policy === policy) return [];
  if (policy === '') throw new StepError(`${want.chain} is not a built-in chain: it has no policy`);
  const what = `policy of ${want.chain}`;
  return [
    {
      difference: { what, from: policy, to: want.policy },
      script: command(want, ['-P', want.chain, want.policy]),
    },
  ];
}

/** A rule that is not as wanted is replaced where it stands; more of its kind go. */
function ruleOff(want: Want, { marked, matches }: IptablesChain): readonly Off[] {
  if (want.name === undefined) return [];
  const [first, ...more] = marked;
  const what = `rule ${want.name} of ${want.chain}`;
  const shown = ruleOf(want).join(' ');
  const removing = (numbers: readonly number[]): Script =>
    joinScripts(numbers.toReversed().map((each) => command(want, ['-D', want.chain, each])));
  if (want.state === 'absent') {
    if (first === undefined) return [];
    return [{ difference: { what, from: 'present', to: 'absent' }, script: removing(marked) }];
  }
  if (first === undefined) {
    const verb = want.position === 'first' ? '-I' : '-A';
    const script = command(want, [verb, want.chain, ...markedRule(want)]);
    return [{ difference: { what, from: 'absent', to: shown }, script }];
  }
  if (matches && more.length === 0) return [];
  const replaced = command(want, ['-R', want.chain, first, ...markedRule(want)]);
  const from = matches ? `${marked.length} times` : 'another one';
  return [
    { difference: { what, from, to: shown }, script: joinScripts([removing(more), replaced]) },
  ];
}

function planMissing(want: Want): Plan<IptablesResult> {
  if (want.state === 'absent') return same({ number: 0 });
  if (!want.create) {
    throw new StepError(`there is no chain ${want.chain} in the table ${want.table}`, {
      hint: 'create: true makes it',
    });
  }
  const none: IptablesChain = { policy: '', rules: 0, marked: [], matches: false };
  const rule = ruleOff(want, none);
  const present = want.name !== undefined;
  return change({
    differences: [
      { what: `chain ${want.chain}`, from: 'absent', to: 'there' },
      ...rule.map(({ difference }) => difference),
    ],
    script: joinScripts([command(want, ['-N', want.chain]), ...rule.map(({ script }) => script)]),
    after: [
      present
        ? predict(readOf(want), value({ ...none, rules: 1, marked: [1], matches: true }))
        : predict(readOf(want), absent),
    ],
    invalidates: { readers: ['iptables'] },
    result: { number: present ? 1 : 0 },
  });
}
