/** Tables for modules: arguments and what is there, and what the plan must answer. */
import { deepStrictEqual, ok } from 'node:assert/strict';
import type { z } from 'zod';
import type { ModuleConstructor } from '../dsl/define-module.ts';
import { scriptOf } from '../module/compose/compose.ts';
import type { Facts } from '../module/facts.ts';
import type { Controller, Known, Reads, Values } from '../module/module.ts';
import type { Difference, Plan } from '../module/plan.ts';
import { testController, testFacts } from './surroundings.ts';

/** One row of a table for `testModule`: arguments, what is there, and what the plan must answer. */
export interface ModuleCase<S extends z.ZodType, Rs extends Reads, R> {
  /** The behaviour, as a sentence. */
  readonly name: string;
  /** The module's arguments. */
  readonly want: z.input<S>;
  /** Values of the reads by their names; what is left out is absent. */
  readonly is?: { readonly [K in keyof Rs]?: Values<Rs>[K] };
  /** What the plan must answer. */
  readonly plan?: 'same' | 'change' | 'action';
  /** Differences that must be found, in order; only the fields that are given are compared. */
  readonly differences?: readonly Partial<Difference>[];
  /** Texts or patterns that the script must hold. */
  readonly script?: readonly (string | RegExp)[];
  /** Only the fields that are given are compared. */
  readonly result?: Partial<R>;
  /** What the plan's `invalidates` must be. */
  readonly invalidates?: unknown;
  /** The plan, or a mistake in the arguments, must fail with this. */
  readonly fails?: RegExp;
  /** What differs from `testFacts()`. */
  readonly facts?: Partial<Facts>;
  readonly controller?: Partial<Controller>;
  readonly diff?: boolean;
  readonly check?: boolean;
  readonly conditional?: boolean;
}

/**
 * Makes one test of each case.
 * @param module what `defineModule` returned
 * @param cases rows of the table
 * @param test the test function of your runner: vitest's or node's `test`
 * @example
 * import { test } from 'node:test';
 * import { hostname } from 'tsplay';
 * import { testModule } from 'tsplay/testing';
 * testModule(
 *   hostname,
 *   [{ name: 'a name without letters is refused', want: { name: '-' }, fails: /name/ }],
 *   (name, body) => test(name, body),
 * );
 */
export function testModule<S extends z.ZodType, W, Rs extends Reads, R>(
  module: ModuleConstructor<S, W, Rs, R>,
  cases: readonly ModuleCase<S, Rs, R>[],
  test: (name: string, body: () => Promise<void>) => unknown,
): void {
  for (const one of cases) test(one.name, () => checkCase(module, one));
}

/**
 * Checks one case.
 * @param module what `defineModule` returned
 * @param one arguments, what is there, and what must be planned
 * @throws AssertionError that says what was planned instead
 * @example
 * import { test } from 'node:test';
 * import { debug } from 'tsplay';
 * import { checkCase } from 'tsplay/testing';
 * test('a message changes nothing', () =>
 *   checkCase(debug, { name: 'message', want: { message: 'hi' }, plan: 'same' }));
 */
export async function checkCase<S extends z.ZodType, W, Rs extends Reads, R>(
  module: ModuleConstructor<S, W, Rs, R>,
  one: ModuleCase<S, Rs, R>,
): Promise<void> {
  if (one.fails !== undefined) {
    const planned = await planOf(module, one).then(
      (plan) => ({ plan: plan.plan, message: '' }),
      (error: unknown) => ({ message: error instanceof Error ? error.message : String(error) }),
    );
    ok(!('plan' in planned), `expected a failure like ${one.fails}, but it was planned`);
    ok(one.fails.test(planned.message), `expected ${one.fails}, got: ${planned.message}`);
    return;
  }
  const plan = await planOf(module, one);
  if (one.plan !== undefined) deepStrictEqual(plan.plan, one.plan);
  if (one.differences !== undefined) {
    const found = plan.plan === 'same' ? [] : (plan.differences ?? []);
    deepStrictEqual(
      found.map((difference, index) => picked(difference, one.differences?.[index])),
      one.differences,
    );
  }
  const text = plan.plan === 'same' ? '' : scriptOf(plan).text;
  for (const part of one.script ?? []) {
    ok(typeof part === 'string' ? text.includes(part) : part.test(text), `no ${part} in:\n${text}`);
  }
  if (one.invalidates !== undefined && plan.plan !== 'same')
    deepStrictEqual(plan.invalidates, one.invalidates);
  if (one.result !== undefined && plan.plan !== 'action') {
    deepStrictEqual(picked(plan.result, one.result), one.result);
  }
}

async function planOf<S extends z.ZodType, W, Rs extends Reads, R>(
  module: ModuleConstructor<S, W, Rs, R>,
  one: ModuleCase<S, Rs, R>,
): Promise<Plan<R>> {
  const { definition } = module;
  const want = definition.args.parse(one.want);
  const mistakes = definition.mistakes?.(want) ?? [];
  if (mistakes.length > 0) throw new Error(mistakes.join('; '));
  const prepared = definition.prepare
    ? await definition.prepare(want, testController(one))
    : (want as W);
  const nothingKnown: Known = { get: () => undefined };
  const reads = definition.reads?.(prepared, nothingKnown) ?? {};
  const is = {
    ...Object.fromEntries(Object.keys(reads).map((key) => [key, undefined])),
    ...one.is,
  };
  return definition.plan(prepared, is as Values<Rs>, {
    facts: testFacts(one.facts),
    host: 'host',
    check: one.check ?? false,
    diff: one.diff ?? false,
    conditional: one.conditional ?? false,
    stepId: '1',
  });
}

/** The fields of `of` that `like` has. */
function picked(of: unknown, like: unknown): unknown {
  if (typeof of !== 'object' || of === null || typeof like !== 'object' || like === null) return of;
  const names = Object.keys(like);
  return Object.fromEntries(Object.entries(of).filter(([name]) => names.includes(name)));
}
