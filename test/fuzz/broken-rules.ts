/** The search is worth something: it finds each rule of staleness that is broken on purpose. */
import { afterEach, describe, expect, test } from 'vitest';
import { way } from '../../engine/module/read-ways.ts';
import type { Way } from '../../engine/module/way.ts';
import { Clock } from '../../engine/run/clock.ts';
import { HostState } from '../../engine/run/host-state.ts';
import { Order } from '../../engine/run/order.ts';
import { PlaceTree } from '../../engine/run/place-tree.ts';
import { brokenPromises } from './check-rule.ts';
import { differencesOf } from './compare.ts';
import { patience, search, type Judge } from './search.ts';

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
afterEach(mend);

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

/** Each rule in all places that hold it: several are held twice. */
const rules: readonly (readonly [rule: string, breaks: () => void])[] = [
  [
    'a change makes stale what it says it touches, below it and in the folders above',
    () => {
      PlaceTree.prototype.touchedBy = () => undefined;
    },
  ],
  [
    'a command that does not say what it touches makes all stale',
    () => {
      notOnceForAll('reached', reached);
      notOnceForAll('drop', drop);
      notEverywhere();
    },
  ],
  ['what reaches everywhere makes stale what other hosts have read', notEverywhere],
  [
    'time that passes makes all stale',
    () => {
      notOnceForAll('drop', drop);
      Clock.prototype.elapsed = () => undefined;
    },
  ],
  [
    'what one host waits for counts for the others',
    () => {
      Clock.prototype.elapsed = () => undefined;
    },
  ],
  ['a switched link makes stale what was read through it', () => forgetting({ links: [] })],
  ['names of one file are one file', () => forgetting({ inode: undefined })],
  [
    'what writes on the controller makes its files stale',
    () => {
      Clock.prototype.advance = function (of) {
        advance.call(this, { everywhere: of.everywhere, files: false });
      };
    },
  ],
  [
    'a host waits behind what others do to it, handlers among them',
    () => {
      Order.prototype.behindOthers = () => undefined;
    },
  ],
];

/** A difference that is there while a rule is broken, and only then. */
const dueTo =
  (breaks: () => void): Judge =>
  async (lane, program) => {
    const plain = await lane.run(program, { lookahead: false });
    const differing = async (): Promise<readonly string[]> =>
      differencesOf(program, await lane.run(program), plain);
    breaks();
    const broken = await differing().finally(mend);
    return broken.length > 0 && (await differing()).length === 0 ? broken : [];
  };

const promisesDueTo =
  (breaks: () => void): Judge =>
  async (lane, program) => {
    const run = await lane.run(program, { lookahead: false });
    const before = await lane.freshTree(program);
    const broken = async (): Promise<readonly string[]> =>
      brokenPromises(program, before, await lane.run(program, { check: true }), run);
    breaks();
    const found = await broken().finally(mend);
    return found.length > 0 && (await broken()).length === 0 ? found : [];
  };

/** Minutes; else the first one, as each test run does it: see `npm run fuzz -- --broken`. */
const everyRule = process.env['FUZZ_BROKEN'] === 'all';

async function isCaught(judge: Judge): Promise<void> {
  // One at a time: a rule is broken for all of this process.
  const { finds, programs } = await search(
    { seed: 1, count: 1000, lanes: 1, shrink: false },
    judge,
  );
  process.stdout.write(`${expect.getState().currentTestName}: ${programs} programs\n`);
  expect(finds).toHaveLength(1);
}

describe('a rule that is broken is caught within 1,000 programs', { timeout: patience }, () => {
  test.each(everyRule ? rules : rules.slice(0, 1))('%s', async (_, breaks) =>
    isCaught(dueTo(breaks)),
  );

  test('check counts on what is only planned', async () =>
    isCaught(
      promisesDueTo(() => {
        HostState.prototype.predict = () => undefined;
      }),
    ));
});
