/** Counts outcomes per host. */
import type { Event, HostRecap } from '../report/events.ts';
import { noCounters, sumOf } from '../shell/session/session.ts';
import type { HostLink } from './hosts/link.ts';

type Counts = { -readonly [K in keyof HostRecap]: HostRecap[K] };

export class Recap {
  readonly #hosts = new Map<string, Counts>();

  on(event: Event): void {
    if (event.event === 'play-start') for (const host of event.hosts) this.#of(host);
    if (event.event === 'host-unreachable') this.#of(event.host).unreachable = true;
    if (event.event === 'host-locked') this.#of(event.host).locked = true;
    if (event.event === 'host-held-back') this.#of(event.host).heldBack = true;
    if (event.event === 'hosts-left-out')
      for (const host of event.hosts) this.#of(host).leftOut = true;
    if (event.event === 'host-rescued') this.#rescued(event.host);
    if (event.event === 'step-end') this.#count(event);
  }

  #count(event: Extract<Event, { event: 'step-end' }>): void {
    const counts = this.#of(event.step.host);
    if (event.ignored) counts.ignored += 1;
    else if (event.outcome !== 'unreachable' && event.outcome !== 'locked')
      counts[event.outcome] += 1;
  }

  /** A rescued failure is no failure of the host. */
  #rescued(host: string): void {
    const counts = this.#of(host);
    counts.rescued += 1;
    if (counts.heldBack) counts.heldBack = false;
    else if (counts.failed > 0) counts.failed -= 1;
  }

  /** Adds the counters of a host's link. */
  count(link: HostLink): void {
    const counts = this.#of(link.name);
    const before = counts.counters;
    counts.counters = {
      connections: before.connections + link.connections,
      ...sumOf([before, link.counters]),
    };
  }

  get hosts(): Readonly<Record<string, HostRecap>> {
    return Object.fromEntries(this.#hosts);
  }

  #of(host: string): Counts {
    const known = this.#hosts.get(host);
    if (known) return known;
    const made: Counts = {
      ok: 0,
      changed: 0,
      unknown: 0,
      skipped: 0,
      failed: 0,
      rescued: 0,
      ignored: 0,
      unreachable: false,
      locked: false,
      heldBack: false,
      leftOut: false,
      counters: { connections: 0, ...noCounters() },
    };
    this.#hosts.set(host, made);
    return made;
  }
}
