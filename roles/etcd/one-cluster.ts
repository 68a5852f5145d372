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
      `${first.name} and ${other.name} disagree about the members (${namesOf(first)}; ${namesOf(other)}): they are two clusters, or one that is changing. Keep one and reset the others (etcdctl member list)`,
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
      `${name} has its data in ${look.dataElsewhere}, but etcdDataDir is ${dataDir}: it would start empty. Set etcdDataDir back, or stop etcd there and move the folder`,
    ];
  }
  if (look.hasData && !look.isOurs) {
    return [
      `${name} has data of another etcd in ${dataDir}: move it away, or choose another etcdDataDir`,
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
        `${name} has no data and is not among the members that ${list(old)} started with, and no member answers to register it. Start etcd there first`,
    );
  }
  const away = candidates.filter(({ look }) => !look);
  if (away.length === 0) return [];
  return [
    `${list(away)} cannot be asked whether a cluster exists, and ${list(fresh)} would start a new one: bring ${list(away)} up, or remove it from the group`,
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
        `${name || 'a member without a name'} (${peerUrl}) is a member of the running cluster but not of the group: remove it first (etcdMember, state: absent), or put it back into the inventory`,
    );
}

function joining(candidate: Candidate, asked: Candidate): readonly string[] {
  const { name, peerUrl, joins, look } = candidate;
  const entry = asked.look?.members.find((member) => isEntryOf(candidate, member));
  if (!entry && look?.hasData) {
    return [
      `${name} has data, but ${asked.name} does not know it: it was removed from the cluster, or belongs to another. Reset it before it joins again`,
    ];
  }
  if (!entry) {
    return [
      `${name} is not a member of the running cluster (${namesOf(asked)}) and would start a second one: register it first (etcdMember) and set etcdInitialState: existing for it, or remove it from the group`,
    ];
  }
  if (entry.peerUrl !== peerUrl) {
    return [
      `${name} is registered as ${entry.peerUrl}, but the inventory makes it ${peerUrl}: run etcdctl member update first, or change the inventory back`,
    ];
  }
  if (!look || look.hasData) return [];
  if (entry.name === '' && !joins) {
    return [
      `${name} is registered with the running cluster: set etcdInitialState: existing for it`,
    ];
  }
  if (entry.hasServed) {
    return [
      `${name} is a member of the running cluster and has lost its data: remove it and add it again (etcdMember), and set etcdInitialState: existing for it`,
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
