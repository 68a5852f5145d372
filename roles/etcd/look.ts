/** What there is of etcd on a host, asked without changing anything. */

/** As `etcdctl member list` prints it. */
export interface ListedMember {
  readonly id: string;
  /** '' until it has started once, where it was added to a running cluster. */
  readonly name: string;
  readonly peerUrl: string;
  /** Whether it has ever started: it tells the others where clients reach it. */
  readonly hasServed: boolean;
}

export interface EtcdLook {
  /** `etcdDataDir` of the inventory holds the data of a member. */
  readonly hasData: boolean;
  /** Another folder that the host's settings name and that holds the data of a member. */
  readonly dataElsewhere: string | undefined;
  /** The settings on the host are this role's. */
  readonly isOurs: boolean;
  /** Peer URLs that it was first started with. */
  readonly first: readonly string[];
  /** Members of the running cluster as this member knows them; none where it does not answer. */
  readonly members: readonly ListedMember[];
}

/** Arguments: the folder of the data, and the words of `etcdctl … member list`. */
const script = `
wanted=$1 settings=/etc/default/etcd
shift
value() { [ ! -f "$2" ] || sed -n "s/^$1=//p" "$2" | tail -n 1; }
[ ! -d "$wanted/member" ] || echo data
folder=$(value ETCD_DATA_DIR "$settings")
if [ -n "$folder" ]; then
  echo ours
  [ "$folder" = "$wanted" ] || [ ! -d "$folder/member" ] || printf 'elsewhere %s\\n' "$folder"
fi
first=$(value ETCD_INITIAL_CLUSTER /etc/default/etcd-bootstrap)
[ -z "$first" ] || printf 'first %s\\n' "$first"
if systemctl is-active --quiet etcd 2>/dev/null; then
  "$@" 2>/dev/null | sed 's/^/member /'
fi
exit 0
`;

/** The words that look. @param list `etcdctl` with the words that list members */
export const lookArgv = (dataDir: string, list: readonly string[]): string[] => [
  '/bin/sh',
  '-c',
  script,
  'look-at-etcd',
  dataDir,
  ...list,
];

export function parseLook(said: string): EtcdLook {
  const lines = said.split('\n');
  const after = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return {
    hasData: lines.includes('data'),
    dataElsewhere: after('elsewhere')[0],
    isOurs: lines.includes('ours'),
    first: (after('first')[0] ?? '').split(',').flatMap((each) => each.split('=')[1] ?? []),
    members: after('member').flatMap(listed),
  };
}

/** `ID, started, NAME, PEERS, CLIENTS, false` */
function listed(line: string): ListedMember[] {
  const [id = '', status, name = '', peerUrl = '', clients = ''] = line.split(', ');
  if (status === undefined) return [];
  return [{ id, name, peerUrl, hasServed: clients !== '' }];
}
