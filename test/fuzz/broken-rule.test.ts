/** The search is worth something: it finds a rule that was broken on purpose. */
import { afterEach, expect, test } from 'vitest';
import { HostState } from '../../engine/run/state/host-state.ts';
import { judged, patience, search } from './search.ts';

// oxlint-disable-next-line typescript/unbound-method -- it is put back as it was, and called on its object
const { drop } = HostState.prototype;
afterEach(() => {
  HostState.prototype.drop = drop;
});

test(
  'a command that makes nothing stale is found within 1,000 programs',
  { timeout: patience },
  async () => {
    let tried = 0;
    let caught = false;
    for (let seed = 1; !caught && tried < 1000; seed += 3) {
      HostState.prototype.drop = function (touches, but) {
        if (touches !== 'everything') drop.call(this, touches, but);
      };
      const { finds, programs } = await search({ seed, count: 300, lanes: 3, shrink: false });
      tried += programs;
      HostState.prototype.drop = drop;
      // It is the broken rule's fault where nothing is wrong without it.
      for (const { program } of finds) caught ||= (await judged(program)).length === 0;
    }
    expect(caught).toBe(true);
  },
);
