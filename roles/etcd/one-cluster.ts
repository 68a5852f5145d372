/**
 * What keeps the members of the inventory from being the members of the running cluster. etcd itself
 * does not: a member that is new and was not told of begins a cluster of its own, and API servers
 * that ask both read from either.
 */
import type { EtcdLook, ListedMember } from './look.ts';

export interface Candidate {
  readonly name: string;
  readonly peerUrl: string;
  /** It is to join a cluster that was told of it (`etcdInitialState: existing`). */
  readonly joins: boolean;
  readonly dataDir: string;
  /** Undefined where the host could not be asked. */
  readonly look: EtcdLook | undefined;
}

const module = 'with the module etcdMember';

/** Every problem, a sentence each. @param candidates the hosts of the group */
export function clusterProblems(candidates: readonly Candidate[]): readonly string[] {
  const misplaced = candidates.flatMap(misplacedData);
  if (misplaced.length > 0) return misplaced;
  const answers = candidates.filter(({ look }) => (look?.members.length ?? 0) > 0);
  const [first] = answers;
  if (!first?.look) return unanswered(candidates);
  const other = answers.find(({ look }) => look && idsOf(look) !== idsOf(first.look));
  if (other) {
    return [
      `${first.name} and ${other.name} do not agree on who the members are (${namesOf(first)}; ${namesOf(other)}): they are two clusters, or one that is changing. Keep one and reset the others (etcdctl member list)`,
    ];
  }
  return [
    ...unexpected(first.look.members, candidates),
    ...candidates.flatMap((each) => joining(each, first)),
  ];
}

function misplacedData({ name, dataDir, look }: Candidate): string[] {
  if (!look) return [];
  if (!look.hasData && look.dataElsewhere !== undefined) {
    return [
      `${name} has its data in ${look.dataElsewhere}, and etcdDataDir is ${dataDir}: it would start empty. Set etcdDataDir back, or stop etcd there and move the folder`,
    ];
  }
  if (look.hasData && !look.isOurs) {
    return [
      `${name} has data in ${dataDir} of an etcd that others made: move it away, or choose another etcdDataDir`,
    ];
  }
  return [];
}

/** Nobody answers: the first start, or a cluster that is down. */
function unanswered(candidates: readonly Candidate[]): string[] {
  const old = candidates.filter(({ look }) => look?.hasData);
  const fresh = candidates.filter(({ look }) => look && !look.hasData);
  if (fresh.length === 0) return [];
  const known = new Set(old.flatMap(({ look }) => look?.first ?? []));
  const strangers = fresh.filter(({ peerUrl }) => !known.has(peerUrl));
  if (old.length > 0) {
    return strangers.map(
      ({ name }) =>
        `${name} has no data, and is none of those that ${list(old)} began with; no member answers that could be told of it. Start etcd there first`,
    );
  }
  const away = candidates.filter(({ look }) => !look);
  if (away.length === 0) return [];
  return [
    `${list(away)} cannot be asked whether there is a cluster already, and ${list(fresh)} would begin a new one: bring ${list(away)} up, or take it out of the group`,
  ];
}

function unexpected(
  members: readonly ListedMember[],
  candidates: readonly Candidate[],
): readonly string[] {
  return members
    .filter((member) => !candidates.some((each) => isEntryOf(each, member)))
    .map(
      ({ name, peerUrl }) =>
        `${name || 'a member without a name'} (${peerUrl}) is a member of the running cluster, and not of the group: remove it first, ${module} and state: absent, or put it back into the inventory`,
    );
}

function joining(candidate: Candidate, asked: Candidate): readonly string[] {
  const { name, peerUrl, joins, look } = candidate;
  const entry = asked.look?.members.find((member) => isEntryOf(candidate, member));
  if (!entry && look?.hasData) {
    return [
      `${name} has data, and ${asked.name} does not know it: it was removed from the cluster, or belongs to another. Reset it before it comes back`,
    ];
  }
  if (!entry) {
    return [
      `${name} is no member of the running cluster (${namesOf(asked)}) and would begin a second one: tell the cluster of it first, ${module}, and set etcdInitialState: existing for it; or take it out of the group`,
    ];
  }
  if (entry.peerUrl !== peerUrl) {
    return [
      `${name} is known to its cluster as ${entry.peerUrl}, and the inventory makes it ${peerUrl}: etcdctl member update first, or set it back`,
    ];
  }
  if (!look || look.hasData) return [];
  if (entry.name === '' && !joins) {
    return [`${name} is awaited by the running cluster: set etcdInitialState: existing for it`];
  }
  if (entry.hasServed) {
    return [
      `${name} is a member of the running cluster and has lost its data: remove it and add it again, ${module}, and set etcdInitialState: existing for it`,
    ];
  }
  return [];
}

const isEntryOf = ({ name, peerUrl }: Candidate, member: ListedMember): boolean =>
  member.peerUrl === peerUrl || (member.name !== '' && member.name === name);

const idsOf = (look: EtcdLook | undefined): string =>
  (look?.members ?? [])
    .map(({ id }) => id)
    .toSorted()
    .join();

const namesOf = ({ name, look }: Candidate): string =>
  `${name} lists ${(look?.members ?? []).map((each) => each.name || each.peerUrl).join(', ')}`;

const list = (candidates: readonly Candidate[]): string =>
  candidates.map(({ name }) => name).join(', ');
