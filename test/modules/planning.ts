/** Runs a module as far as it is pure: schema, mistakes, reads, plan. */
import type { ModuleConstructor } from '../../engine/dsl/define-module.ts';
import type { PlanContext, Reads } from '../../engine/module/module.ts';
import type { Action, Change, Plan, Same } from '../../engine/module/plan.ts';
import { testFacts } from '../../engine/testing/surroundings.ts';
import type { z } from 'zod';

export const facts = testFacts({
  hostname: 'web-1',
  memory: 2 ** 31,
  bootId: 'b0',
  clock: { host: 0, controller: 0 },
});

export const context: PlanContext = {
  facts,
  host: 'web-1',
  check: false,
  diff: true,
  conditional: false,
  stepId: 's1',
};

/** The arguments as the schema gives them, for modules without `prepare`. */
export function wanted<S extends z.ZodType, Rs extends Reads, R>(
  module: ModuleConstructor<S, z.output<S>, Rs, R>,
  args: z.input<S>,
): z.output<S> {
  return module.definition.args.parse(args);
}

/** What the module plans where its reads have these values. */
export function planned<S extends z.ZodType, Rs extends Reads, R>(
  module: ModuleConstructor<S, z.output<S>, Rs, R>,
  args: z.input<S>,
  is: Parameters<typeof module.definition.plan>[1],
  on: Partial<PlanContext> = {},
): Plan<R> {
  return module.definition.plan(wanted(module, args), is, { ...context, ...on });
}

export function mistakes<S extends z.ZodType, Rs extends Reads, R>(
  module: ModuleConstructor<S, z.output<S>, Rs, R>,
  args: z.input<S>,
): readonly string[] {
  return module.definition.mistakes?.(wanted(module, args)) ?? [];
}

export function isSame<R>(plan: Plan<R>): Same<R> {
  if (plan.plan !== 'same') throw new Error(`planned ${plan.plan} instead of same`);
  return plan;
}

export function isAct<R>(plan: Plan<R>): Action<R> {
  if (plan.plan !== 'action') throw new Error(`planned ${plan.plan} instead of action`);
  return plan;
}

export function isChange<R>(plan: Plan<R>): Change<R> {
  if (plan.plan !== 'change') throw new Error(`planned ${plan.plan} instead of change`);
  return plan;
}
