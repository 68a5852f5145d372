/** Members of an etcd cluster, as any of its healthy members tells. */
import { absent, defineReader, quote, value, type Answer } from 'tsplay';

export interface EtcdAccess {
  /** URLs of members; the first that answers is asked. */
  readonly endpoints: readonly string[];
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface EtcdMemberEntry {
  /** Hexadecimal, as `etcdctl` takes it. */
  readonly id: string;
  /** Empty while it has never started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly learner: boolean;
}

export interface EtcdMembers {
  readonly members: readonly EtcdMemberEntry[];
  /** Why nobody answers. */
  readonly refused: string | undefined;
}

/** Defines `play_etcdctl`, and `play_find_member` that finds one who answers. */
export function etcdctlFunctions({ endpoints, ca, cert, key }: EtcdAccess): string {
  const trust = [
    ...(ca === undefined ? [] : [`--cacert=${ca}`]),
    ...(cert === undefined ? [] : [`--cert=${cert}`]),
    ...(key === undefined ? [] : [`--key=${key}`]),
  ];
  return `play_etcdctl() { ETCDCTL_API=3 etcdctl --endpoints="$play_e" --command-timeout=5s ${trust.map(quote).join(' ')} "$@" </dev/null; }
play_find_member() {
for play_e in ${endpoints.map(quote).join(' ')}; do
play_why=$(play_etcdctl endpoint health 2>&1) && return 0
done
return 1
}`;
}

export const etcdMembers = defineReader<EtcdAccess, EtcdMembers>({
  name: 'etcdMembers',
  scope: 'shared',
  dependsOn: ({ ca, cert, key }) => [
    '/usr/bin/etcdctl',
    ...[ca, cert, key].filter((path) => path !== undefined),
  ],
  script: (keys, mark) =>
    keys
      .map(
        (key) => `${etcdctlFunctions(key)}
if ! command -v etcdctl >/dev/null 2>&1; then printf 'absent\\n%s\\n' ${mark}
elif play_find_member; then printf 'members\\n'; play_etcdctl member list -w simple; printf '%s\\n' ${mark}
else printf 'refused\\n%s\\n%s\\n' "$play_why" ${mark}
fi`,
      )
      .join('\n'),
  parse(output, keys, mark) {
    const parts = output.stdout.toString('utf8').split(`${mark}\n`);
    return keys.map((_, index) => answerOf(parts[index] ?? ''));
  },
});

function answerOf(text: string): Answer<EtcdMembers> {
  const [kind, ...lines] = text.trimEnd().split('\n');
  if (kind === 'absent') return absent;
  if (kind === 'refused') return value({ members: [], refused: lines.join('\n') });
  if (kind !== 'members') throw new Error('etcdctl gave no answer');
  const members = lines.filter((line) => line !== '').map(entryOf);
  return value({ members, refused: undefined });
}

/** `ID, STATUS, NAME, PEERS, CLIENTS, LEARNER`; lists are parted by commas without blanks. */
function entryOf(line: string): EtcdMemberEntry {
  const [id = '', , name = '', peers = '', , learner = 'false'] = line.split(', ');
  return { id, name, peerUrls: peers.split(',').filter(Boolean), learner: learner === 'true' };
}
