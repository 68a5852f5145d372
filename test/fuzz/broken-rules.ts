/**
 * Rules of staleness, and how each is broken on purpose: in all places that hold it, for several are
 * held twice. That the search finds each shows what it is worth.
 */
import { way } from '../../engine/module/read-ways.ts';
import type { Way } from '../../engine/module/way.ts';
import { Clock } from '../../engine/run/clock.ts';
import { HostState } from '../../engine/run/host-state.ts';
import { Order } from '../../engine/run/order.ts';
import { PlaceTree } from '../../engine/run/place-tree.ts';
import { brokenPromises } from './check-rule.ts';
import { differencesOf } from './compare.ts';
import type { Lane } from './lane.ts';
import type { Program } from './program.ts';

/** As they are, to be put back; each is called on its object. */
const { drop, predict, reached, store } = HostState.prototype;
const { advance, elapsed } = Clock.prototype;
const { behindOthers } = Order.prototype;
const { touchedBy } = PlaceTree.prototype;

function mend(): void {
  Object.assign(HostState.prototype, { drop, predict, reached, store });
  Object.assign(Clock.prototype, { advance, elapsed });
  Object.assign(Order.prototype, { behindOthers });
  Object.assign(PlaceTree.prototype, { touchedBy });
}

/** Where a path leads is stored with something left out. */
const forgetting = (what: Partial<Way>): void => {
  HostState.prototype.store = function (flight, user, read, answer) {
    const known = read.reader === way.definition && answer.answer === 'value';
    const told = known ? { ...answer, value: { ...(answer.value as Way), ...what } } : answer;
    store.call(this, flight, user, read, told);
  };
};

const notEverywhere = (): void => {
  Clock.prototype.advance = function (of) {
    advance.call(this, { ...of, everywhere: false });
  };
};

const notOnceForAll = (method: 'reached' | 'drop', of: typeof drop): void => {
  HostState.prototype[method] = function (touches, but) {
    if (touches !== 'everything') of.call(this, touches, but);
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
  readonly breaks: () => void;
  readonly judge: Judge;
}

const rule = (name: string, breaks: () => void, judge = modes): Rule => ({ name, breaks, judge });

export const rules: readonly Rule[] = [
  rule('a change makes stale what it says it touches, below it and in the folders above', () => {
    PlaceTree.prototype.touchedBy = () => undefined;
  }),
  rule('a command that does not say what it touches makes all stale', () => {
    notOnceForAll('reached', reached);
    notOnceForAll('drop', drop);
    notEverywhere();
  }),
  rule('what reaches everywhere makes stale what other hosts have read', notEverywhere),
  rule('time that passes makes all stale', () => {
    notOnceForAll('drop', drop);
    Clock.prototype.elapsed = () => undefined;
  }),
  rule('what one host waits for counts for the others', () => {
    Clock.prototype.elapsed = () => undefined;
  }),
  rule('a switched link makes stale what was read through it', () => forgetting({ links: [] })),
  rule('names of one file are one file', () => forgetting({ inode: undefined })),
  rule('what writes on the controller makes its files stale', () => {
    Clock.prototype.advance = function (of) {
      advance.call(this, { everywhere: of.everywhere, files: false });
    };
  }),
  rule('a host waits behind what others do to it, handlers among them', () => {
    Order.prototype.behindOthers = () => undefined;
  }),
  rule(
    'check counts on what is only planned',
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
  const wrong = new Map<Judge, () => Promise<readonly string[]>>();
  for (const each of of) {
    const judge = wrong.get(each.judge) ?? (await each.judge(lane, program));
    wrong.set(each.judge, judge);
    const broken = async (): Promise<boolean> => {
      each.breaks();
      return (await judge().finally(mend)).length > 0;
    };
    if ((await broken()) && (await judge()).length === 0 && (await broken())) shown.push(each);
  }
  return shown;
}
