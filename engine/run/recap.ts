/** Counts outcomes per host, and what its connections cost. */
import { Outcomes } from '../report/outcomes.ts';
import { sumOf } from '../shell/session/session.ts';
import type { HostLink } from './hosts/link.ts';

export class Recap extends Outcomes {
  /** Adds the counters of a host's link. */
  count(link: HostLink): void {
    const counts = this.of(link.name);
    const before = counts.counters;
    counts.counters = {
      connections: before.connections + link.connections,
      ...sumOf([before, link.counters]),
    };
  }
}
