/** When the run is done with a host, so that its connection and what is known of it can go. */
import type { Play } from '../../dsl/play.ts';
import { tasksOf, type PlayPlan } from '../../plan/nodes.ts';

export class LastUse {
  readonly #last = new Map<string, Play>();
  readonly #delegated = new Set<string>();
  /** Some step, its `on`, or some play's hosts are only known when it runs. */
  #anyone = false;

  constructor(plans: readonly PlayPlan[]) {
    for (const { play, hosts, addedBy } of plans) {
      if (addedBy.length > 0) this.#anyone = true;
      for (const { host, nodes, handlers, awaitsFacts } of hosts) {
        if (awaitsFacts) this.#anyone = true;
        this.#last.set(host, play);
        for (const { options, each } of tasksOf([...nodes, ...handlers.map(({ node }) => node)])) {
          if (each) this.#anyone = true;
          if (typeof options.on === 'string') this.#delegated.add(options.on);
          else if (options.on !== undefined) this.#anyone = true;
        }
      }
    }
  }

  /** Whether nothing will be asked of the host once it has ended this play. */
  isOver(host: string, play: Play): boolean {
    return this.#last.get(host) === play && !this.#anyone && !this.#delegated.has(host);
  }
}
