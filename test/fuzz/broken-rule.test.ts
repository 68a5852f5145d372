/** The search is worth something: it finds a rule that was broken on purpose. */
import { afterEach, expect, test } from 'vitest';
import { HostState } from '../../engine/run/host-state.ts';
import { patience, search } from './search.ts';

// oxlint-disable-next-line typescript/unbound-method -- it is put back as it was, and called on its object
const { drop } = HostState.prototype;
afterEach(() => {
  HostState.prototype.drop = drop;
});

test(
  'a command that makes nothing stale is found within 1,000 programs',
  { timeout: patience },
  async () => {
    HostState.prototype.drop = function (touches, but) {
      if (touches !== 'everything') drop.call(this, touches, but);
    };
    const { finds, programs } = await search({ seed: 1, count: 1000, lanes: 3, shrink: false });
    expect(finds.length).toBeGreaterThan(0);
    expect(programs).toBeLessThanOrEqual(1000);
  },
);
