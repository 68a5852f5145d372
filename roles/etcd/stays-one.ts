/** Steps that refuse members which would not be those of the running cluster. They write nothing. */
import {
  assert,
  block,
  debug,
  query,
  z,
  type Context,
  type HostView,
  type Run,
  type Step,
} from 'tsplay';
import { inUrl } from '../variables.ts';
import { lookArgv, parseLook } from './look.ts';
import { etcdctl } from './members.ts';
import { clusterProblems, type Candidate } from './one-cluster.ts';
import { etcdVariables, type EtcdTls } from './variables.ts';

const { etcdGroup, etcdDataDir, etcdClientPort, etcdPeerPort, etcdInitialState } =
  etcdVariables.shape;
const ofPlace = { etcdGroup, etcdDataDir, etcdClientPort, etcdPeerPort, etcdInitialState };

/** What of a member's variables decides where it belongs. */
const placeVariables = z.object(ofPlace);

type PlaceVariables = z.output<typeof placeVariables>;

/**
 * For hosts of the group and for hosts that are configured with its members, before anything is
 * written: each member is asked, also those that the limit leaves out.
 * @param tls what `etcdctl` shows on a member
 * @param given variables that the playbook passes to the role
 */
export function* staysOneCluster(
  { inventory, outside }: Pick<Context<unknown>, 'inventory' | 'outside'>,
  tls: EtcdTls,
  given: Partial<PlaceVariables> = {},
): Iterable<Step> {
  const group = placeVariables.parse(given).etcdGroup;
  const members = (inventory.has(group) ? inventory.group(group) : []).map((host) => {
    const vars = placeOf(host, given);
    const list = etcdctl(urlOf(host, vars.etcdClientPort), tls, ['member', 'list']);
    const look = query(`etcd on ${host.name}`, {
      argv: lookArgv(vars.etcdDataDir, list),
      independent: true,
    });
    return { host, vars, look };
  });
  for (const { host, look } of members) {
    const isOutside = outside.some(({ name }) => name === host.name);
    yield block(
      `etcd on ${host.name}, if it can be asked`,
      {
        tasks: [block(`look at ${host.name}`, { tasks: [look] }, { on: host.name, runOnce: true })],
        rescue: [
          debug(`etcd on ${host.name} is not known`, {
            message: (run) => run.failure?.message ?? 'it cannot be asked',
          }),
        ],
      },
      isOutside ? {} : { when: (run) => run.tryFactsOf(host.name) !== undefined },
    );
  }
  const candidates = (run: Run): readonly Candidate[] =>
    members.map(({ host, vars, look }) => {
      const said = run.tryResult(look)?.stdout;
      return {
        name: host.name,
        peerUrl: urlOf(host, vars.etcdPeerPort),
        joins: vars.etcdInitialState === 'existing',
        dataDir: vars.etcdDataDir,
        look: said === undefined ? undefined : parseLook(said),
      };
    });
  yield assert(
    'the members of etcd are those of the running cluster',
    {
      that: (run) => clusterProblems(candidates(run)).length === 0,
      message: (run) =>
        `etcd:\n${clusterProblems(candidates(run))
          .map((problem) => `- ${problem}`)
          .join('\n')}`,
    },
    // Where nobody could be asked, nothing is known of the cluster, and nobody is written to.
    { runOnce: true, when: (run) => candidates(run).some(({ look }) => look !== undefined) },
  );
}

/** The same in a play before the one that configures etcd. */
export const etcdStaysOne = (...given: Parameters<typeof staysOneCluster>): Step =>
  block(
    'etcd stays one cluster',
    { tasks: [...staysOneCluster(...given)] },
    // Also where only those steps are chosen that could make it two.
    { tags: ['preflight', 'etcd', 'master'] },
  );

const urlOf = ({ address }: HostView, port: number): string => `https://${inUrl(address)}:${port}`;

/** A value that is no value of its variable is refused where the role is collected. */
function placeOf({ vars }: HostView, given: Partial<PlaceVariables>): PlaceVariables {
  const parsed = placeVariables.safeParse({ ...given, ...vars });
  return parsed.success ? parsed.data : placeVariables.parse(given);
}
