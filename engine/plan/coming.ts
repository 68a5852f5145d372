/** Hosts and groups that steps may add to the inventory, for the plays behind them. */
import type { MayCome } from '../inventory/pattern/match.ts';
import { tasksOf, type PlayPlan } from './nodes.ts';

export class Coming {
  readonly #tasks = new Set<string>();
  readonly #names = new Set<string>();
  /** Some step will say only when it runs what it adds. */
  #anything = false;

  /** For a play that starts: a name that did not come matches nothing. */
  static anything(): Coming {
    const coming = new Coming();
    coming.#anything = true;
    return coming;
  }

  /** Names of the tasks that add. */
  get tasks(): readonly string[] {
    return [...this.#tasks];
  }

  /** Takes in what a play adds. A step that is not selected still explains a name. */
  addFrom(plan: PlayPlan): void {
    for (const { host, nodes, handlers } of plan.hosts) {
      for (const node of tasksOf([...nodes, ...handlers.map((each) => each.node)])) {
        const { module } = node.task;
        if (!module.adds) continue;
        this.#tasks.add(node.task.name);
        if (!node.want) {
          this.#anything = true;
          continue;
        }
        const { groups, parents = [], ...added } = module.adds(node.want.value);
        for (const name of [added.host ?? host, ...groups, ...parents]) this.#names.add(name);
      }
    }
  }

  /** For patterns; nobody is to come where no step adds. */
  get mayCome(): MayCome | undefined {
    if (this.#anything) return () => true;
    if (this.#tasks.size === 0) return undefined;
    return (test) => [...this.#names].some(test);
  }
}
