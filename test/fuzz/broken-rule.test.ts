/** The search is worth something: it finds a rule that was broken on purpose. */
import { afterEach, expect, test } from 'vitest';
import { HostState } from '../../engine/run/state/host-state.ts';
import { judged, patience, search } from './search.ts';

// oxlint-disable-next-line typescript/unbound-method -- it is put back as it was, and called on its object
const { drop, reached } = HostState.prototype;
const whole = { drop, reached };
afterEach(() => void Object.assign(HostState.prototype, whole));

const broken: typeof whole = {
  drop(touches) {
    if (touches !== 'everything') drop.call(this, touches);
  },
  reached(touches, but) {
    if (touches !== 'everything') reached.call(this, touches, but);
  },
};

test(
  'a command that makes nothing stale is found within 1,000 programs',
  { timeout: patience },
  async () => {
    let tried = 0;
    let caught = false;
    for (let seed = 1; !caught && tried < 1000; seed += 3) {
      Object.assign(HostState.prototype, broken);
      const { finds, programs } = await search({ seed, count: 300, lanes: 3, shrink: false });
      tried += programs;
      Object.assign(HostState.prototype, whole);
      // It is the broken rule's fault where nothing is wrong without it.
      for (const { program } of finds) caught ||= (await judged(program)).length === 0;
    }
    expect(caught).toBe(true);
  },
);
