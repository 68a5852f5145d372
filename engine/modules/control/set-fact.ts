/** Module `setFact`: a value that later tasks read as this task's result. */
import { z } from 'zod';
import { defineModule, type ModuleConstructor } from '../../dsl/define-module.ts';
import type { Lazy, Task, TaskOptions } from '../../dsl/task.ts';
import { same } from '../../module/plan.ts';

export interface FactResult<V> {
  readonly value: V;
}

const args = z.strictObject({
  value: z.unknown().describe('any value, usually a function of the run'),
});

const define = defineModule({
  name: 'setFact',
  summary: 'Stores a value of the host for later tasks: run.result(task).value.',
  kind: 'control',
  args,
  example: `setFact('bind address', { value: (run) => run.facts.defaultIpv4.address })`,
  returns: { value: 'the value, with its type' },
  plan: (want) => same<FactResult<unknown>>({ value: want.value }),
});

/** The task's result has the value's type. */
interface SetFact {
  <V>(
    name: string,
    args: { readonly value: Lazy<V> },
    options?: TaskOptions<FactResult<V>>,
  ): Task<FactResult<V>>;
  readonly definition: ModuleConstructor<
    typeof args,
    z.output<typeof args>,
    Record<never, never>,
    FactResult<unknown>
  >['definition'];
}

export const setFact: SetFact = Object.assign(
  <V>(name: string, given: { readonly value: Lazy<V> }, options: TaskOptions<FactResult<V>> = {}) =>
    define(name, given, options as TaskOptions<FactResult<unknown>>) as Task<FactResult<V>>,
  { definition: define.definition },
);
