/** Packet filters. */
import { absent } from '../../../engine/module/reader.ts';
import { iptables, type IptablesKey } from '../../../engine/readers/network/iptables.ts';
import { nftChain } from '../../../engine/readers/network/nft-chain.ts';
import { denied, is, recording, type Recording } from './recording.ts';

const rules = `iptables -F INPUT
iptables -P INPUT ACCEPT
iptables -A INPUT -p icmp -j ACCEPT
iptables -A INPUT -p tcp --dport 22 -m comment --comment 'tsplay: ssh' -j ACCEPT
! iptables -L OWN -n >/dev/null 2>&1 || { iptables -F OWN; iptables -X OWN; }
iptables -N OWN`;
const ssh = ['-m', 'comment', '--comment', 'tsplay: ssh', '-j', 'ACCEPT'];
const input = (rule: readonly string[], comment = 'tsplay: ssh'): IptablesKey => ({
  command: 'iptables',
  table: 'filter',
  chain: 'INPUT',
  comment,
  rule,
});

const table = `nft delete table inet own 2>/dev/null || :
nft -f - <<'END'
table inet own {
  chain in {
    type filter hook input priority 0; policy accept;
    tcp dport 22 counter accept comment "tsplay: ssh"
    icmp type echo-request accept
  }
  chain loose { }
}
END`;

export const network: readonly Recording[] = [
  recording({ on: 'debian-12', version: 'iptables --version', prepare: rules }, [
    [
      iptables(input(['-p', 'tcp', '--dport', '22', ...ssh])),
      is({ policy: 'ACCEPT', rules: 2, marked: [2], matches: true }),
    ],
    [
      iptables(input(['-p', 'tcp', '--dport', '2222', ...ssh])),
      is({ marked: [2], matches: false }),
    ],
    [iptables(input(['-j', 'DROP'], 'tsplay: other')), is({ marked: [], matches: false })],
    [
      iptables({ ...input([], undefined), chain: 'OWN' }),
      is({ policy: '', rules: 0, marked: [], matches: false }),
    ],
    [iptables({ ...input([], undefined), chain: 'NOPE' }), absent],
  ]),
  recording({ on: 'debian-12-nobody', version: 'iptables --version' }, [
    [
      iptables(input([], undefined)),
      denied(
        'iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)',
      ),
    ],
  ]),
  recording({ on: 'debian-12', version: 'nft --version', packages: ['nftables'], prepare: table }, [
    [
      nftChain({ family: 'inet', table: 'own', chain: 'in' }),
      is({ policy: 'accept', rules: [{ comment: 'tsplay: ssh' }, { comment: '' }] }),
    ],
    [nftChain({ family: 'inet', table: 'own', chain: 'loose' }), is({ policy: '', rules: [] })],
    [nftChain({ family: 'inet', table: 'own', chain: 'nope' }), absent],
    [nftChain({ family: 'ip', table: 'nope', chain: 'in' }), absent],
  ]),
  recording({ on: 'debian-12-nobody', version: 'nft --version', packages: ['nftables'] }, [
    [nftChain({ family: 'inet', table: 'own', chain: 'in' }), denied(/ermitted|ermission/)],
  ]),
];
