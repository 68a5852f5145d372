/** What lazy values see of the run: facts and results, or a marker for what is not there yet. */
import type { Result, Run, Task } from '../../dsl/task.ts';
import type { Facts } from '../../module/facts.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import { NotYetKnown } from '../../plan/not-yet-known.ts';
import { seen, type Results } from './results.ts';

export interface ViewScope {
  readonly host: string;
  readonly check: boolean;
  /** Looking ahead: what has not run yet may still run. */
  readonly ahead: boolean;
  readonly results: Results;
  readonly failure: Run['failure'];
  facts(host: string): Facts | undefined;
  /** Hosts outside the run have no results: reading one is unknown. */
  isInRun(host: string): boolean;
  /** It is in another part of the run: not even that it is not there is known here. */
  isElsewhere(host: string): boolean;
  /** It was tried and could not be reached. */
  isLost(host: string): boolean;
  idOf(task: Task<unknown>): string | undefined;
  nodeOf(id: string): TaskNode | undefined;
  isSelected(node: TaskNode): boolean;
  reachable(pattern: string): string | undefined;
}

export function runView(scope: ViewScope): Run {
  const outside = (host: string): string =>
    scope.isElsewhere(host) ? 'which is in another part (--shard)' : 'which is outside this run';
  const factsOf = (host: string): Facts => {
    const facts = scope.facts(host);
    if (facts) return facts;
    if (!scope.isInRun(host)) throw unknown(`facts of ${host}, ${outside(host)}`);
    throw new NotYetKnown({ missing: 'facts', host });
  };
  return {
    host: scope.host,
    check: scope.check,
    failure: scope.failure,
    get facts() {
      return factsOf(scope.host);
    },
    factsOf,
    tryFactsOf(host) {
      const facts = scope.facts(host);
      if (scope.isElsewhere(host)) throw unknown(`facts of ${host}, ${outside(host)}`);
      if (facts || !scope.isInRun(host) || scope.isLost(host)) return facts;
      throw new NotYetKnown({ missing: 'facts', host, optional: true });
    },
    result: (task) => resultOf(scope, scope.host, task),
    resultOf(host, task) {
      if (!scope.isInRun(host)) throw unknown(`'${task.name}' on ${host}, ${outside(host)}`);
      return resultOf(scope, host, task);
    },
    tryResult: (task) => tryResult(scope, task),
    firstReachable(pattern) {
      const host = scope.reachable(pattern);
      if (host === undefined) throw new NotYetKnown({ missing: 'reachable', pattern });
      return host;
    },
  };
}

const unknown = (because: string): NotYetKnown => new NotYetKnown({ missing: 'unknown', because });

function resultOf<R>(scope: ViewScope, host: string, task: Task<R>): Result<R> {
  const id = scope.idOf(task) ?? task.name;
  const found = scope.results.get(host, id);
  if (!found) throw new NotYetKnown({ missing: 'result', host, id, node: scope.nodeOf(id) });
  if (found.outcome === 'unknown') throw unknown(`'${found.name}'`);
  if (found.result === undefined) {
    const how = found.outcome === 'skipped' ? 'was skipped' : 'failed';
    throw new NotYetKnown({ missing: 'skipped', because: `'${found.name}' ${how}` });
  }
  return seen(task, found.result);
}

function tryResult<R>(scope: ViewScope, task: Task<R>): Result<R> | undefined {
  const id = scope.idOf(task) ?? task.name;
  const found = scope.results.get(scope.host, id);
  const node = scope.nodeOf(id);
  if (!found && scope.ahead && node && scope.isSelected(node)) {
    throw new NotYetKnown({ missing: 'result', host: scope.host, id, node });
  }
  if (found?.outcome === 'unknown') throw unknown(`'${found.name}'`);
  return found?.result && seen(task, found.result);
}
