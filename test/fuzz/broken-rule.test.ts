/** The search is worth something: it finds each rule of staleness that is broken on purpose. */
import { afterEach, expect, test } from 'vitest';
import { way } from '../../engine/module/read-ways.ts';
import type { Way } from '../../engine/module/way.ts';
import { Clock } from '../../engine/run/clock.ts';
import { HostState } from '../../engine/run/host-state.ts';
import { Order } from '../../engine/run/order.ts';
import { PlaceTree } from '../../engine/run/place-tree.ts';
import { judged, patience, search } from './search.ts';

/** As they are, to be put back; each is called on its object. */
const { changed, drop, predict, reached, store } = HostState.prototype;
const { advance } = Clock.prototype;
const { behindOthers } = Order.prototype;
const { touchedBy } = PlaceTree.prototype;

function mend(): void {
  Object.assign(HostState.prototype, { changed, drop, predict, reached, store });
  Object.assign(Clock.prototype, { advance });
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

test.each<[rule: string, breaks: () => void]>([
  [
    'a command that does not say what it touches makes all stale',
    () => {
      HostState.prototype.reached = function (touches, but) {
        if (touches !== 'everything') reached.call(this, touches, but);
      };
    },
  ],
  [
    'time that passes makes all stale',
    () => {
      HostState.prototype.drop = function (touches, but) {
        if (touches !== 'everything') drop.call(this, touches, but);
      };
    },
  ],
  ['a switched link makes stale what was read through it', () => forgetting({ links: [] })],
  ['names of one file are one file', () => forgetting({ inode: undefined })],
  [
    'what is done on behalf of another host makes stale',
    () => {
      HostState.prototype.changed = function (of, by) {
        if (of.asker === undefined || of.asker === this) changed.call(this, of, by);
      };
    },
  ],
  [
    'what reaches everywhere makes stale what other hosts have read',
    () => {
      Clock.prototype.advance = function (of) {
        advance.call(this, { ...of, everywhere: false });
      };
    },
  ],
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
  [
    'a change counts for what lies below it and for the folders above it',
    () => {
      PlaceTree.prototype.touchedBy = () => undefined;
    },
  ],
  [
    'check counts on what is only planned',
    () => {
      HostState.prototype.predict = () => undefined;
    },
  ],
])('a broken rule is found within 1,000 programs: %s', { timeout: patience }, async (_, breaks) => {
  let tried = 0;
  let caught = false;
  for (let seed = 1; !caught && tried < 1000; seed += 3) {
    breaks();
    const { finds, programs } = await search({ seed, count: 30, lanes: 3, shrink: false });
    tried += programs;
    mend();
    // It is the broken rule's fault where nothing is wrong without it.
    for (const { program } of finds) caught ||= (await judged(program)).length === 0;
  }
  expect(caught).toBe(true);
  process.stdout.write(`${tried} programs\n`);
});
