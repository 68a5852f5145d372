/**
 * Which results a step reads, found before anything runs by trying its lazy values on a run that
 * has nothing yet. What a function reads only after it saw a fact or a result stays hidden.
 */
import type { Run, Task } from '../dsl/task.ts';
import type { TaskNode } from './nodes.ts';

export interface ResultRead {
  readonly task: Task<unknown>;
  /** Set where the result of another host is read. */
  readonly host: string | undefined;
  /** Whether the step can do without it (`tryResult`). */
  readonly optional: boolean;
}

/** Ends a lazy function at the first thing that only the run can tell. */
class OnlyAtRunTime {
  readonly why = 'only the run can tell';
}

/** @returns what the step's conditions, arguments and `on` read, as far as they can be tried */
export function resultReads(node: TaskNode, host: string): readonly ResultRead[] {
  const reads: ResultRead[] = [];
  tryLazies(node, recordingRun(host, { result: (read) => void reads.push(read) }));
  return reads;
}

/** @returns names of other hosts whose facts or results a step looks at, as far as it can be tried */
export function othersRead(node: Lazies, host: string): readonly string[] {
  const others = new Set<string>();
  const facts = (other: string): void => void others.add(other);
  const result = (read: ResultRead): void => void (read.host && others.add(read.host));
  tryLazies(node, recordingRun(host, { result, facts }));
  return [...others].filter((other) => other !== host);
}

type Lazies = Pick<TaskNode, 'task' | 'options'>;

function tryLazies(node: Lazies, run: Run): void {
  const { when, on } = node.options;
  for (const lazy of [...when, on, ...Object.values(node.task.args)]) {
    if (typeof lazy !== 'function') continue;
    try {
      (lazy as (run: Run) => unknown)(run);
    } catch {
      // A value of the run, or a mistake in the function: that is told when the run evaluates it.
    }
  }
}

interface Notes {
  readonly result: (read: ResultRead) => void;
  /** Of whose facts. */
  readonly facts?: (host: string) => void;
}

function recordingRun(host: string, { result: note, facts }: Notes): Run {
  const onlyAtRunTime = (): never => {
    throw new OnlyAtRunTime();
  };
  return {
    host,
    check: false,
    failure: undefined,
    get facts() {
      return onlyAtRunTime();
    },
    factsOf(other) {
      facts?.(other);
      return onlyAtRunTime();
    },
    tryFactsOf(other) {
      facts?.(other);
      return onlyAtRunTime();
    },
    firstReachable: onlyAtRunTime,
    result(task) {
      note({ task, host: undefined, optional: false });
      return onlyAtRunTime();
    },
    resultOf(other, task) {
      note({ task, host: other === host ? undefined : other, optional: false });
      return onlyAtRunTime();
    },
    tryResult(task) {
      note({ task, host: undefined, optional: true });
      return undefined;
    },
  };
}
