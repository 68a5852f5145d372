/** How options flow downwards: tags add up, conditions all hold, the innermost of the rest wins. */
import type { Options } from '../dsl/task.ts';
import type { Condition, FlowedOptions } from './nodes.ts';

export const noOptions: FlowedOptions = {
  tags: [],
  when: [],
  become: undefined,
  environment: {},
  ignoreErrors: false,
  ignoreUnreachable: false,
  check: undefined,
  diff: undefined,
  secret: false,
  timeout: undefined,
  runOnce: false,
  on: undefined,
  throttle: undefined,
};

export function conditionsOf(when: Options['when']): readonly Condition[] {
  if (when === undefined) return [];
  return typeof when === 'function' ? [when] : when;
}

/** `throttle` of a block holds the whole block, so it does not flow to its tasks. */
export function flow(outer: FlowedOptions, inner: Options): FlowedOptions {
  return {
    tags: [...new Set([...outer.tags, ...(inner.tags ?? [])])],
    when: [...outer.when, ...conditionsOf(inner.when)],
    become: inner.become ?? outer.become,
    environment: { ...outer.environment, ...inner.environment },
    ignoreErrors: inner.ignoreErrors ?? outer.ignoreErrors,
    ignoreUnreachable: inner.ignoreUnreachable ?? outer.ignoreUnreachable,
    check: inner.check ?? outer.check,
    diff: inner.diff ?? outer.diff,
    secret: outer.secret || (inner.secret ?? false),
    timeout: inner.timeout ?? outer.timeout,
    runOnce: inner.runOnce ?? outer.runOnce,
    on: inner.on ?? outer.on,
    throttle: smaller(outer.throttle, inner.throttle),
  };
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
