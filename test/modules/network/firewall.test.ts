/** Rules of iptables and nftables by their comments. */
import { execFileSync, spawn } from 'node:child_process';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { z } from 'zod';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { iptables } from '../../../engine/modules/network/iptables.ts';
import { nftables } from '../../../engine/modules/network/nftables.ts';
import { nftChain } from '../../../engine/readers/network/nft-chain.ts';
import { TestHost, testModule, type HostOptions } from '../../../engine/testing.ts';
import { isChange, planned } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Rule = z.input<typeof iptables.definition.args>;
const ssh: Rule = {
  name: 'ssh',
  chain: 'INPUT',
  protocol: 'tcp',
  source: '10.0.0.0/8',
  destinationPort: 22,
  jump: 'ACCEPT',
};
const chain = { policy: 'ACCEPT', rules: 3, marked: [2], matches: true };

describe('iptables', () => {
  testModule(
    iptables,
    [
      {
        name: 'a rule that is there is the same',
        want: ssh,
        is: { chain },
        plan: 'same',
        result: { number: 2 },
      },
      {
        name: 'a new rule comes last',
        want: ssh,
        is: { chain: { ...chain, marked: [], matches: false } },
        differences: [{ what: 'rule ssh of INPUT', from: 'absent' }],
        script: [
          "iptables -w 60 -t filter -A INPUT -p tcp -s 10.0.0.0/8 -m tcp --dport 22 -j ACCEPT -m comment --comment 'play: ssh' || exit",
        ],
        result: { number: 4 },
        invalidates: { readers: ['iptables'] },
      },
      {
        name: 'or first',
        want: { ...ssh, position: 'first' },
        is: { chain: { ...chain, marked: [], matches: false } },
        script: [' -I INPUT '],
        result: { number: 1 },
      },
      {
        name: 'another rule of that name is replaced where it stands',
        want: ssh,
        is: { chain: { ...chain, matches: false } },
        script: [' -R INPUT 2 '],
      },
      {
        name: 'of two one stays',
        want: ssh,
        is: { chain: { ...chain, marked: [1, 3] } },
        differences: [{ from: '2 times' }],
        script: [/-D INPUT 3 [^]*-R INPUT 1 /],
      },
      {
        name: 'absent takes all of that name',
        want: { ...ssh, state: 'absent' },
        is: { chain: { ...chain, marked: [1, 3] } },
        script: [/-D INPUT 3[^]*-D INPUT 1/],
      },
      {
        name: 'absent from a chain that is not there is done',
        want: { ...ssh, state: 'absent' },
        plan: 'same',
      },
      {
        name: 'a chain that is not there is told',
        want: ssh,
        fails: /there is no chain INPUT in the table filter/,
      },
      {
        name: 'or made',
        want: { ...ssh, chain: 'OWN', create: true },
        script: [/-N OWN [^]*-A OWN /],
      },
      {
        name: 'a policy',
        want: { chain: 'INPUT', policy: 'DROP' },
        is: { chain },
        script: ['-P INPUT DROP'],
      },
      {
        name: 'the same policy',
        want: { chain: 'INPUT', policy: 'ACCEPT' },
        is: { chain },
        plan: 'same',
      },
      {
        name: 'a chain of your own has no policy',
        want: { chain: 'OWN', policy: 'DROP' },
        is: { chain: { ...chain, policy: '' } },
        fails: /has no policy/,
      },
      {
        name: 'several ports, states, and what is not',
        want: {
          name: 'a',
          chain: 'FORWARD',
          ip: 'ipv6',
          protocol: 'udp',
          destinationPort: [53, '5000:5010'],
          inInterface: '! eth0',
          connection: ['NEW'],
          jump: 'DROP',
        },
        is: { chain: { ...chain, marked: [], matches: false } },
        script: [
          "ip6tables -w 60 -t filter -A FORWARD -p udp '!' -i eth0 -m multiport --dports 53,5000:5010 -m conntrack --ctstate NEW -j DROP",
        ],
      },
      {
        name: 'ports need a protocol',
        want: { name: 'a', chain: 'X', destinationPort: 1, jump: 'DROP' },
        fails: /ports need protocol/,
      },
      {
        name: 'a rule needs a name',
        want: { chain: 'X', jump: 'DROP', policy: 'DROP' },
        fails: /a rule needs name/,
      },
      { name: 'a flush is no match', want: { ...ssh, more: ['-F'] }, fails: /not for commands/ },
      {
        name: 'a name without signs of a shell',
        want: { ...ssh, name: 'a"b' },
        fails: /takes letters/,
      },
    ],
    test,
  );
});

/** A network of the test's own. */
async function ownNetwork(
  options: HostOptions,
): Promise<{ host: TestHost; run: (line: string) => string }> {
  const holder = spawn('unshare', ['-n', 'sh', '-c', 'echo up; exec sleep 120']);
  onTestFinished(() => void holder.kill('SIGKILL'));
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  const wrap = ['nsenter', '-t', String(holder.pid), '-n'];
  return {
    host: new TestHost({ ...options, wrap }),
    run: (line) => execFileSync('nsenter', [...wrap.slice(1), 'sh', '-c', line]).toString(),
  };
}

describe.each(['dash', 'bash'] as const)('real rules under %s', (shell) => {
  test('one rule is added, replaced where it stands, and removed; others stay', async () => {
    const { host, run } = await ownNetwork({ shell });
    run('iptables -A INPUT -p icmp -j ACCEPT; iptables -A INPUT -j DROP');
    const apply = async (want: Rule) => (await host.apply(iptables, want)).changed;
    const first: Rule = { ...ssh, position: 'first' };
    expect([await apply(first), await apply(first)]).toEqual([true, false]);
    const other: Rule = { ...first, source: '192.168.0.0/16', connection: ['NEW', 'ESTABLISHED'] };
    expect([await apply(other), await apply(other)]).toEqual([true, false]);
    const rules = run('iptables -S INPUT').trim().split('\n');
    expect(rules[1]).toMatch(/-s 192\.168\.0\.0\/16 .*--comment "play: ssh"/);
    expect(rules.slice(2)).toEqual(['-A INPUT -p icmp -j ACCEPT', '-A INPUT -j DROP']);
    run('iptables -A INPUT -m comment --comment "play: ssh" -j DROP');
    expect([await apply(other), await apply(other)]).toEqual([true, false]);
    const gone: Rule = { name: 'ssh', chain: 'INPUT', state: 'absent' };
    expect([await apply(gone), await apply(gone)]).toEqual([true, false]);
    expect(run('iptables -S INPUT').trim().split('\n')).toHaveLength(3);
  });

  test('a chain is made, a policy set, an address translated', async () => {
    const { host } = await ownNetwork({ shell });
    const apply = async (want: Rule) => (await host.apply(iptables, want)).changed;
    const rules: readonly Rule[] = [
      { ...ssh, chain: 'OWN', create: true },
      { chain: 'FORWARD', policy: 'DROP' },
      { name: 'nat', table: 'nat', chain: 'POSTROUTING', source: '10.0.0.0/8', jump: 'MASQUERADE' },
      {
        name: 'a b',
        chain: 'INPUT',
        ip: 'ipv6',
        protocol: 'tcp',
        destinationPort: [80, 443],
        jump: 'DROP',
      },
    ];
    for (const want of rules) {
      expect([await apply(want), await apply(want)]).toEqual([true, false]);
    }
  });

  test('a rule that iptables refuses is told in its words', async () => {
    const { host } = await ownNetwork({ shell });
    await expect(
      host.apply(iptables, { name: 'a', chain: 'INPUT', jump: 'NOSUCH' }),
    ).rejects.toThrow(/NOSUCH/);
  });
});

describe('nftables', () => {
  const want: z.input<typeof nftables.definition.args> = {
    name: 'ssh',
    table: 'filter',
    chain: 'input',
    rule: 'tcp dport 22 accept',
  };
  const isChanged = isChange(planned(nftables, { ...want, create: true }, { chain: undefined }));
  const comment = /comment "(play: ssh [0-9a-f]{12})"/.exec(scriptOf(isChanged).text)?.[1] ?? '';
  const hook = { type: 'filter', hook: 'input', priority: 0 } as const;
  const there = { policy: 'accept', rules: [{ handle: 4, comment }] };
  testModule(
    nftables,
    [
      {
        name: 'a rule that is there is the same',
        want,
        is: { chain: there },
        plan: 'same',
        result: { handle: 4 },
      },
      {
        name: 'a new rule is added',
        want,
        is: { chain: { policy: '', rules: [{ handle: 9, comment: 'play: ssh2 0123456789ab' }] } },
        script: ['add rule inet filter input tcp dport 22 accept comment "play: ssh '],
        invalidates: { readers: ['nftChain'] },
      },
      {
        name: 'table, chain and rule are made in one transaction',
        want: { ...want, create: true, hook, policy: 'drop' },
        differences: [
          { what: 'chain inet filter input' },
          { what: 'policy of inet filter input' },
          { what: 'rule ssh of inet filter input' },
        ],
        script: [
          /add table inet filter\nadd chain inet filter input \{ type filter hook input priority 0 ; \}\nchain inet filter input \{ policy drop ; \}\nadd rule [^]*\| nft -f -$/,
        ],
      },
      {
        name: 'another rule of that name is replaced, and one more goes',
        want: { ...want, rule: 'tcp dport 2222 accept' },
        is: {
          chain: {
            policy: '',
            rules: [
              { handle: 4, comment },
              { handle: 7, comment },
            ],
          },
        },
        script: [
          /replace rule inet filter input handle 4 tcp dport 2222 [^]*delete rule inet filter input handle 7/,
        ],
      },
      {
        name: 'absent deletes it',
        want: { ...want, state: 'absent' },
        is: { chain: there },
        script: ['delete rule inet filter input handle 4'],
      },
      { name: 'a missing chain is told', want, fails: /there is no chain inet filter input/ },
      {
        name: 'a policy needs a hook',
        want: { table: 'a', chain: 'b', policy: 'drop' },
        is: { chain: { policy: '', rules: [] } },
        fails: /has no hook/,
      },
      { name: 'a rule is one', want: { ...want, rule: 'accept; drop' }, fails: /must be one rule/ },
      {
        name: 'its comment is ours',
        want: { ...want, rule: 'accept comment x' },
        fails: /is found by/,
      },
    ],
    test,
  );

  test('rules are read with handles and comments, as nft 1.0.6 prints them', () => {
    const stdout = Buffer.from(`mark there
table inet filter {
	chain input { # handle 1
		type filter hook input priority filter; policy drop;
		tcp dport 22 accept comment "play: ssh 0123456789ab" # handle 2
		ct state established accept # handle 3
	}
}
mark failed
Error: No such file or directory
list chain inet filter none
mark failed
Operation not permitted (you must be root)
mark none
`);
    const key = { family: 'inet', table: 'filter', chain: 'input' };
    const { definition } = nftChain;
    expect(definition.parse({ stdout, stderr: '', code: 0 }, [key, key, key, key], 'mark')).toEqual(
      [
        {
          answer: 'value',
          value: {
            policy: 'drop',
            rules: [
              { handle: 2, comment: 'play: ssh 0123456789ab' },
              { handle: 3, comment: '' },
            ],
          },
        },
        { answer: 'absent' },
        { answer: 'denied', why: 'Operation not permitted (you must be root)' },
        { answer: 'denied', why: 'this host has no nft' },
      ],
    );
  });
});
