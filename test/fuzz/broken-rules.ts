/**
 * Rules of staleness, and how each is broken on purpose: in all places that hold it, for several are
 * held twice. That the search finds each shows what it is worth.
 */
import { way } from '../../engine/module/read-ways.ts';
import type { Way } from '../../engine/module/way.ts';
import { Clock } from '../../engine/run/state/clock.ts';
import { HostState } from '../../engine/run/state/host-state.ts';
import { Order } from '../../engine/run/order/must-wait.ts';
import { PlaceTree } from '../../engine/run/state/place-tree.ts';
import { brokenPromises } from './check-rule.ts';
import { differencesOf } from './compare.ts';
import type { Lane } from './lane.ts';
import type { Program } from './written/program.ts';

const broken = [HostState.prototype, Clock.prototype, Order.prototype, PlaceTree.prototype];
const whole = broken.map((each) => [each, Object.getOwnPropertyDescriptors(each)] as const);

function mend(): void {
  for (const [prototype, methods] of whole) Object.defineProperties(prototype, methods);
}

/** The method as it is now, to be called on its object. */
const methodOf = <T extends object, K extends keyof T & string>(prototype: T, name: K): T[K] =>
  Reflect.get(prototype, name);

/** Where a path leads is stored with something left out. */
const forgetting = (what: Partial<Way>): void => {
  const before = methodOf(HostState.prototype, 'store');
  HostState.prototype.store = function (flight, user, read, answer) {
    const known = read.reader === way.definition && answer.answer === 'value';
    const told = known ? { ...answer, value: { ...(answer.value as Way), ...what } } : answer;
    before.call(this, flight, user, read, told);
  };
};

const unnoticed = (change: Partial<Parameters<Clock['advance']>[0]>): void => {
  const before = methodOf(Clock.prototype, 'advance');
  Clock.prototype.advance = function (of) {
    before.call(this, { ...of, ...change });
  };
};

/** Time that passed drops nothing. */
const neverDropped = (): void => {
  const before = methodOf(HostState.prototype, 'drop');
  HostState.prototype.drop = function (invalidates) {
    if (invalidates !== 'everything') before.call(this, invalidates);
  };
};

/** A change that may be anything drops nothing. */
const neverReached = (): void => {
  const before = methodOf(HostState.prototype, 'reached');
  HostState.prototype.reached = function (invalidates, but) {
    if (invalidates !== 'everything') before.call(this, invalidates, but);
  };
};

/** What is wrong with a program, a line each. */
type Judge = (lane: Lane, program: Program) => Promise<() => Promise<readonly string[]>>;

/** Reading ahead does what the plain mode did, before anything was broken. */
const modes: Judge = async (lane, program) => {
  const plain = await lane.run(program, { lookahead: false });
  return async () => differencesOf(program, await lane.run(program), plain);
};

/** Check says what a run did. */
const promises: Judge = async (lane, program) => {
  const run = await lane.run(program, { lookahead: false });
  const before = await lane.freshTree(program);
  return async () => brokenPromises(program, before, await lane.run(program, { check: true }), run);
};

export interface Rule {
  readonly name: string;
  /** What a program has in which the rule can matter. */
  readonly matters: RegExp;
  readonly breaks: () => void;
  readonly judge: Judge;
}

const anything = /./;
const commands = /\b(?:shell|local)\(/;
const waits = /\bretries: |\bpause\(|\bwaitFor\(/;

const rule = (name: string, matters: RegExp, breaks: () => void, judge = modes): Rule => ({
  name,
  matters,
  breaks,
  judge,
});

export const rules: readonly Rule[] = [
  rule(
    'a change makes stale what it says it invalidates, below it and in the folders above',
    anything,
    () => {
      PlaceTree.prototype.invalidatedBy = () => undefined;
    },
  ),
  rule('a command that does not say what it invalidates makes all stale', commands, () => {
    neverReached();
    neverDropped();
    unnoticed({ everywhere: false });
  }),
  rule('what reaches everywhere makes stale what other hosts have read', commands, () =>
    unnoticed({ everywhere: false }),
  ),
  rule('time that passes makes all stale', waits, () => {
    neverDropped();
    Clock.prototype.elapsed = () => undefined;
  }),
  rule('what one host waits for counts for the others', waits, () => {
    Clock.prototype.elapsed = () => undefined;
  }),
  rule('a switched link makes stale what was read through it', /state: 'link'|ln -sfn/, () =>
    forgetting({ links: [] }),
  ),
  rule('names of one file are one file', /hard-/, () => forgetting({ inode: undefined })),
  rule('what writes on the controller makes its files stale', /\bhere\('/, () =>
    unnoticed({ files: false }),
  ),
  rule('a host waits behind what others do to it, handlers among them', anything, () => {
    Order.prototype.behindOthers = () => undefined;
  }),
  rule(
    'check counts on what is only planned',
    anything,
    () => {
      HostState.prototype.predict = () => undefined;
    },
    promises,
  ),
];

/**
 * Those of the rules of which the program shows that they are broken: it differs each time they
 * are, and else not.
 */
export async function shownBroken(
  lane: Lane,
  program: Program,
  of: readonly Rule[],
): Promise<readonly Rule[]> {
  const shown: Rule[] = [];
  const mattering = of.filter(({ matters }) => matters.test(program.source));
  for (const judge of [modes, promises]) {
    const those = mattering.filter((each) => each.judge === judge);
    if (those.length === 0) continue;
    const differences = await judge(lane, program);
    const differs = async (some: readonly Rule[]): Promise<boolean> => {
      for (const each of some) each.breaks();
      return (await differences().finally(mend)).length > 0;
    };
    // Most programs show nothing, whatever is broken.
    if (!(await differs(those))) continue;
    for (const each of those) {
      const once = those.length === 1 || (await differs([each]));
      if (once && !(await differs([])) && (await differs([each]))) shown.push(each);
    }
  }
  return shown;
}
