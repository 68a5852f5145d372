/** Members of an etcd cluster: told of before they start, and forgotten when they are gone. */
import {
  action,
  change,
  defineModule,
  joinScripts,
  rawScript,
  same,
  sh,
  StepError,
  toolkit,
  unpredictable,
  z,
  type Plan,
} from 'tsplay';
import {
  etcdctlFunctions,
  etcdMembers,
  type EtcdAccess,
  type EtcdMemberEntry,
} from '../readers/etcd-members.ts';

const { absolutePath } = toolkit;

const url = z.url({ protocol: /^https?$/ });

const args = z.strictObject({
  name: z.string().min(1).describe('name of the member'),
  peerUrls: z
    .array(url)
    .min(1)
    .describe('its peer URLs, which identify a member even if it never started'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('whether it is a member of the cluster'),
  learner: z.boolean().default(false).describe('a new member has no vote until it is promoted'),
  endpoints: z.array(url).min(1).describe('members to ask; the first healthy one answers'),
  ca: absolutePath.optional().describe("authority of the members' certificates"),
  cert: absolutePath.optional().describe('client certificate'),
  key: absolutePath.optional().describe('its key'),
});
type Want = z.output<typeof args>;

export interface EtcdMemberResult {
  readonly id: string;
  /** As `ETCD_INITIAL_CLUSTER` takes it: the members that are there, and this one. */
  readonly initialCluster: string;
}

const accessOf = ({ endpoints, ca, cert, key }: Want): EtcdAccess => ({ endpoints, ca, cert, key });

export const etcdMember = defineModule({
  name: 'etcdMember',
  summary: 'Adds a member to an etcd cluster, or removes it, even if its host is gone.',
  args,
  example: `etcdMember('forget the lost member', {
  name: 'etcd3',
  peerUrls: ['https://10.0.0.3:2380'],
  state: 'absent',
  endpoints: ['https://10.0.0.1:2379', 'https://10.0.0.2:2379'],
})`,
  returns: {
    id: 'its id; empty where it is absent',
    initialCluster: 'the members, for the first start of a new one',
  },
  reads: (want: Want) => ({ found: etcdMembers(accessOf(want)) }),
  plan(want: Want, { found }, on): Plan<EtcdMemberResult> {
    if (found === undefined || found.refused !== undefined) {
      return nobody(found?.refused ?? 'there is no etcdctl', on.check);
    }
    const own = found.members.find(({ peerUrls }) =>
      peerUrls.some((peer) => want.peerUrls.includes(peer)),
    );
    const result = { id: own?.id ?? '', initialCluster: initial(found.members, want) };
    if ((own === undefined) === (want.state === 'absent')) return same(result);
    if (want.state === 'absent' && found.members.length === 1) {
      throw new StepError(`${want.name} is the last member: without it there is no cluster`);
    }
    const script = own
      ? sh`play_etcdctl member remove ${own.id}`
      : sh`play_etcdctl member add ${want.name} ${`--peer-urls=${want.peerUrls.join(',')}`} ${want.learner ? ['--learner'] : []}`;
    return change({
      differences: [
        { what: `member ${want.name}`, from: own ? 'present' : 'absent', to: want.state },
      ],
      script: joinScripts([
        rawScript(`${etcdctlFunctions(accessOf(want))}
play_find_member || { printf 'no member is healthy: %s\\n' "$play_why" >&2; exit 1; }`),
        script,
      ]),
      after: [unpredictable(etcdMembers(accessOf(want)))],
      invalidates: { readers: ['etcdMembers'] },
      result,
      settle: { atMost: 10, stable: 0 },
    });
  },
});

const initial = (members: readonly EtcdMemberEntry[], want: Want): string =>
  members
    .map(({ name, peerUrls }) => ({
      name: peerUrls.some((peer) => want.peerUrls.includes(peer)) ? want.name : name,
      peerUrls,
    }))
    .flatMap(({ name, peerUrls }) => peerUrls.map((peer) => `${name}=${peer}`))
    .toSorted()
    .join(',');

function nobody(why: string, check: boolean): Plan<EtcdMemberResult> {
  if (!check) throw new StepError(`no member of etcd answers: ${why}`);
  return action({
    script: rawScript('exit 1'),
    result: () => ({ id: '', initialCluster: '' }),
    changed: () => true,
    invalidates: { readers: ['etcdMembers'] },
    notes: [`no member of etcd answers now: ${why}`],
  });
}
