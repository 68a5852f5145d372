/** Counts how steps ended, for each host. */
import type { HostRecap } from './events.ts';
import type { ShownEvent, ShownStepEnd } from './shown.ts';

/** What is counted of an event is the same before and after secrets are hidden. */
type Counted = Exclude<ShownEvent, ShownStepEnd> | Omit<ShownStepEnd, 'differences'>;

type Counts = { -readonly [K in keyof HostRecap]: HostRecap[K] };

export class Outcomes {
  readonly #hosts = new Map<string, Counts>();

  on(event: Counted): void {
    if (event.event === 'play-start') for (const host of event.hosts) this.of(host);
    if (event.event === 'host-unreachable') this.of(event.host).unreachable = true;
    if (event.event === 'host-locked') this.of(event.host).locked = true;
    if (event.event === 'host-held-back') this.of(event.host).heldBack = true;
    if (event.event === 'hosts-left-out')
      for (const host of event.hosts) this.of(host).leftOut = true;
    if (event.event === 'host-rescued') this.#rescued(event.host);
    if (event.event === 'step-end') this.#count(event);
  }

  #count(event: Omit<ShownStepEnd, 'differences'>): void {
    const counts = this.of(event.step.host);
    if (event.ignored) counts.ignored += 1;
    else if (event.outcome !== 'unreachable' && event.outcome !== 'locked')
      counts[event.outcome] += 1;
  }

  /** A rescued failure is no failure of the host. */
  #rescued(host: string): void {
    const counts = this.of(host);
    counts.rescued += 1;
    if (counts.heldBack) counts.heldBack = false;
    else if (counts.failed > 0) counts.failed -= 1;
  }

  get hosts(): Readonly<Record<string, HostRecap>> {
    return Object.fromEntries(this.#hosts);
  }

  protected of(host: string): Counts {
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
      counters: { connections: 0, roundTrips: 0, bytesUp: 0, bytesDown: 0, processes: 0 },
    };
    this.#hosts.set(host, made);
    return made;
  }
}
