/** The plays of a part: its hosts of the plays that mean the same in parts. */
import { sha256 } from '../../digest.ts';
import { ManyErrors, UsageError } from '../../errors.ts';
import { takesPart, type PlayPlan } from '../nodes.ts';
import { resultReads } from '../result-reads.ts';
import { stepsOf, whyAllHosts, type Reason } from './needs-all-hosts.ts';
import { partsOfHosts, type Part } from './part.ts';

/**
 * Which plays a run of several takes: `all`, its part of every play, where none needs all hosts;
 * `safe`, its part of the plays before the first one that does; `rest`, that one and all behind it,
 * for all hosts.
 */
export type SharedPlays = 'all' | 'safe' | 'rest';

export interface Sharing {
  /** Undefined with `rest`: that run is for all hosts. */
  readonly part: Part | undefined;
  readonly plays: SharedPlays;
  /** All hosts of the inventory: which part a host is in does not depend on --limit. */
  readonly names: readonly string[];
  /** Hosts that are the machine of the run itself. */
  readonly controllers: ReadonlySet<string>;
}

/** What a run does of a whole that several share. */
export interface Shared {
  readonly plans: readonly PlayPlan[];
  /** The same for all parts of one whole, and no other: a digest of plays and hosts. */
  readonly whole: string;
  /** The run's hosts. */
  readonly hosts: readonly string[];
  /** Hosts of the whole that it may not ask, for they are at another point of their plays. */
  readonly others: ReadonlySet<string>;
  /** Plays that are left to the run with `rest`. */
  readonly left: readonly string[];
}

/**
 * @param plans of all hosts, with the steps that run selected
 * @throws UsageError or ManyErrors where a play that needs all hosts would be run in parts, or
 * nothing is left to run
 */
export function sharePlays(plans: readonly PlayPlan[], sharing: Sharing): Shared {
  const { part, plays, names, controllers } = sharing;
  const busy = plans.map(withoutIdle);
  const reasons = busy.map((plan) => whyAllHosts(plan, controllers));
  if (plays === 'all') refuse(busy, reasons);
  const cut = plays === 'all' ? busy.length : firstOfRest(busy, reasons);
  if (cut === 0 && plays === 'safe') refuseNothing(busy, reasons);
  if (cut === busy.length && plays === 'rest') {
    throw new UsageError('no play needs all hosts together: there is no rest', {
      hint: 'the parts do everything',
    });
  }
  const all = namesOf(busy);
  const parts = part && partsOfHosts(names, part.parts);
  const own = new Set(parts ? all.filter((host) => parts.get(host) === part.part) : all);
  const mine = plays === 'rest' ? busy.slice(cut) : busy.slice(0, cut);
  const others = new Set(all.filter((host) => !own.has(host)));
  return {
    plans: mine.map((plan) => withoutHosts(plan, others)),
    whole: wholeOf(plans, names),
    hosts: [...own],
    others,
    left:
      plays === 'safe'
        ? busy
            .slice(cut)
            .filter(isThere)
            .map(({ play }) => play.name)
        : [],
  };
}

/** The play without these of its hosts. */
export const withoutHosts = (plan: PlayPlan, hosts: ReadonlySet<string>): PlayPlan => ({
  ...plan,
  hosts: plan.hosts.filter(({ host }) => !hosts.has(host)),
});

const namesOf = (plans: readonly PlayPlan[]): readonly string[] => [
  ...new Set(plans.flatMap(({ hosts }) => hosts.map(({ host }) => host))),
];

const isThere = ({ hosts, addedBy }: PlayPlan): boolean => hosts.length + addedBy.length > 0;

/**
 * A play in which nobody has anything to do is left out: handlers that are pending in it might be
 * of those that go from host to host.
 */
function withoutIdle(plan: PlayPlan): PlayPlan {
  const isBusy = plan.addedBy.length > 0 || plan.hosts.some((host) => takesPart(host, plan.play));
  return isBusy ? plan : { ...plan, hosts: [] };
}

/**
 * The first play that the parts leave: it needs all hosts, or a play behind that reads a result of
 * it, which would be in no other run.
 */
function firstOfRest(plans: readonly PlayPlan[], reasons: readonly (readonly Reason[])[]): number {
  const first = reasons.findIndex((each) => each.length > 0);
  if (first === -1) return plans.length;
  let cut = first;
  for (let at = plans.length - 1; at >= 0; at -= 1) {
    if (at >= cut) cut = Math.min(cut, ...playsRead(plans, at));
  }
  return cut;
}

/** Where the plays stand whose results a play reads. */
function playsRead(plans: readonly PlayPlan[], reader: number): readonly number[] {
  const of = new Map<unknown, number>();
  plans.slice(0, reader).forEach((plan, index) => {
    for (const host of plan.hosts) for (const { task } of stepsOf(host)) of.set(task, index);
  });
  const reads = (plans[reader]?.hosts ?? []).flatMap((host) =>
    stepsOf(host).flatMap((node) => resultReads(node, host.host)),
  );
  return reads.flatMap(({ task }) => of.get(task) ?? []);
}

function refuse(plans: readonly PlayPlan[], reasons: readonly (readonly Reason[])[]): void {
  const found = reasons.flatMap((each, index) =>
    each.map(({ at, text }) => ({ at, message: sentence(plans[index], text) })),
  );
  const advice =
    '--shard-plays safe leaves it, and the plays behind it, to a run with --shard-plays rest';
  const errors = found.map(({ at, message }, index) => {
    const hint = index === found.length - 1 ? advice : undefined;
    return new UsageError(message, { at, hint });
  });
  if (errors.length === 1) for (const error of errors) throw error;
  if (errors.length > 1) throw new ManyErrors(errors);
}

function refuseNothing(plans: readonly PlayPlan[], reasons: readonly (readonly Reason[])[]): never {
  const index = reasons.findIndex((each) => each.length > 0);
  const [{ at, text } = { at: undefined, text: 'it gives a result to a later play' }] =
    reasons[index] ?? [];
  throw new UsageError(
    `no play stands before the first that needs all hosts: ${sentence(plans[index], text)}`,
    {
      at,
      hint: 'run it without --shard, or put what hosts do by themselves in a play before it',
    },
  );
}

const sentence = (plan: PlayPlan | undefined, text: string): string =>
  `play '${plan?.play.name}' needs all hosts together: ${text}`;

function wholeOf(plans: readonly PlayPlan[], names: readonly string[]): string {
  const plays = plans.map(({ play, hosts }) => [
    play.name,
    hosts.map(({ host }) => host).toSorted(),
  ]);
  return sha256(JSON.stringify([plays, names.toSorted()])).slice(0, 16);
}
