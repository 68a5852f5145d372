/** A host for module tests: this machine, through a real shell, step by step as a run does it. */
import type { z } from 'zod';
import type { ModuleConstructor } from '../dsl/define-module.ts';
import { scriptOf } from '../module/compose/compose.ts';
import type { Facts } from '../module/facts.ts';
import type { Controller, Known, PlanContext, Reads, Values } from '../module/module.ts';
import type { Action, Change, Plan } from '../module/plan.ts';
import type { Answer, Read } from '../module/reader.ts';
import { requireReferences, type References } from '../module/reference.ts';
import { briefly } from '../report/layout.ts';
import { runScript, type ScriptOutput, type ShellOptions } from './run-script.ts';
import { testController, testFacts } from './surroundings.ts';

/** How a `TestHost` runs scripts, and what modules see of it. */
export interface HostOptions extends ShellOptions {
  /** What differs from `testFacts()`. */
  readonly facts?: Partial<Facts>;
  readonly controller?: Partial<Controller>;
  readonly check?: boolean;
  readonly diff?: boolean;
  /** As in a handler or with a `when`. */
  readonly conditional?: boolean;
  /** The apply is left out: the step must fail its verification. */
  readonly skipApply?: boolean;
}

/** What `TestHost.apply` did. */
export interface StepOutcome<R> {
  readonly changed: boolean;
  /** What the first plan answered. */
  readonly plan: Plan<R>;
  readonly result: R;
  /** What the script printed; undefined where nothing was to be done. */
  readonly output?: ScriptOutput;
}

/**
 * Runs steps on this machine: reads, plans, applies and verifies with real scripts, as a run does.
 * @param options shell, user, facts and what the controller gives
 * @example
 * import { deepStrictEqual } from 'node:assert/strict';
 * import { test } from 'node:test';
 * import { file } from 'tsplay';
 * import { TestHost } from 'tsplay/testing';
 * test('a folder is made once', async () => {
 *   const host = new TestHost({ shell: 'busybox' });
 *   const want = { path: '/tmp/example', state: 'directory' } as const;
 *   deepStrictEqual((await host.apply(file, want)).changed, true);
 *   deepStrictEqual((await host.apply(file, want)).changed, false);
 * });
 */
export class TestHost {
  readonly #options: HostOptions;

  constructor(options: HostOptions = {}) {
    this.#options = options;
  }

  /** Answers of a real reader script. */
  async ask<V>(reads: readonly Read<V>[]): Promise<readonly Answer<V>[]> {
    const answers = new Map<string, Answer<unknown>>();
    for (const reader of new Set(reads.map((read) => read.reader))) {
      const asked = reads.filter((read) => read.reader === reader);
      const keys = asked.map((read) => read.key);
      const mark = `mark${Math.random().toString(36).slice(2)}`;
      const output = await runScript(reader.script(keys, mark), this.#options);
      const parsed = reader.parse(output, keys, mark);
      asked.forEach((read, index) => {
        const answer = parsed[index];
        if (answer) answers.set(read.id, answer);
      });
    }
    return reads.map((read) => {
      const answer = answers.get(read.id);
      if (answer === undefined) throw new Error(`${read.id} was not answered`);
      return answer as Answer<V>;
    });
  }

  /** Reads and plans; writes nothing. @throws StepError also where a read is denied */
  async plan<S extends z.ZodType, W, Rs extends Reads, R>(
    module: ModuleConstructor<S, W, Rs, R>,
    args: z.input<S>,
  ): Promise<Plan<R>> {
    const { definition } = module;
    const parsed = definition.args.parse(args);
    const mistakes = definition.mistakes?.(parsed) ?? [];
    if (mistakes.length > 0) throw new Error(mistakes.join('; '));
    const want = definition.prepare
      ? await definition.prepare(parsed, testController(this.#options))
      : (parsed as W);
    const is = definition.reads
      ? await this.#values((known) => definition.reads?.(want, known) ?? ({} as Rs))
      : ({} as Values<Rs>);
    const references = definition.refers?.(want) ?? {};
    const values = await this.#referenceValues(references);
    const named = definition.named?.(want, values) ?? want;
    const plan = definition.plan(named, is, this.#context());
    if (plan.plan !== 'same') requireReferences(references, values);
    return plan;
  }

  /** One step: read, plan, apply, verify. @throws Error "applied, but …" when it is not verified */
  async apply<S extends z.ZodType, W, Rs extends Reads, R>(
    module: ModuleConstructor<S, W, Rs, R>,
    args: z.input<S>,
  ): Promise<StepOutcome<R>> {
    const plan = await this.plan(module, args);
    if (plan.plan === 'same') return { changed: false, plan, result: plan.result };
    const output = this.#options.skipApply ? nothing : await this.#runAll(plan);
    if (output.code !== 0) {
      throw new Error(`exit code ${output.code}: ${output.stderr}`);
    }
    if (plan.plan === 'action') {
      const shown = { ...output, stdout: output.stdout.toString('utf8') };
      const why = plan.failed?.(shown);
      if (why !== undefined) throw new Error(why);
      const changed = plan.changed?.(shown) ?? true;
      return { changed, plan, output, result: plan.result(shown) };
    }
    const again = await this.plan(module, args);
    if (again.plan !== 'same') throw new Error(`applied, but ${stillDifferent(again)}`);
    return { changed: true, plan, output, result: again.result };
  }

  /** All parts, where it has such. */
  async #runAll<R>(plan: Change<R> | Action<R>): Promise<ScriptOutput> {
    for (let now = plan; ;) {
      const output = await this.#run(now);
      if (now.plan === 'change' || output.code !== 0) return output;
      const script = now.parts?.next({ ...output, stdout: output.stdout.toString('utf8') });
      if (script === undefined) return output;
      now = { ...now, script };
    }
  }

  async #run<R>(plan: Change<R> | Action<R>): Promise<ScriptOutput> {
    if (plan.plan === 'change' || !plan.onController)
      return runScript(scriptOf(plan), this.#options);
    const { code, stdout, stderr } = await plan.onController(new AbortController().signal);
    return { code, stdout: Buffer.from(stdout), stderr };
  }

  async #values<Rs extends Reads>(reads: (known: Known) => Rs): Promise<Values<Rs>> {
    const answers = new Map<string, Answer<unknown>>();
    const known: Known = {
      get: <V>(read: Read<V>) => answers.get(read.id) as Answer<V> | undefined,
    };
    for (let round = 0; ; round += 1) {
      const wanted = reads(known);
      const missing = Object.values(wanted).filter((read) => !answers.has(read.id));
      if (missing.length === 0) return valuesOf(wanted, answers);
      if (round === 3) throw new Error('a module may ask in three rounds at most');
      const given = await this.ask(missing);
      missing.forEach((read, index) => {
        const answer = given[index];
        if (answer) answers.set(read.id, answer);
      });
    }
  }

  async #referenceValues(references: References): Promise<Readonly<Record<string, unknown>>> {
    const named = Object.entries(references);
    const answers = await this.ask(named.map(([, { read }]) => read));
    const values = named.map(([name], index) => {
      const answer = answers[index];
      return [name, answer?.answer === 'value' ? answer.value : undefined] as const;
    });
    return Object.fromEntries(values);
  }

  #context(): PlanContext {
    return {
      facts: testFacts(this.#options.facts),
      host: 'host',
      check: this.#options.check ?? false,
      diff: this.#options.diff ?? false,
      conditional: this.#options.conditional ?? false,
      stepId: '1',
    };
  }
}

const nothing: ScriptOutput = { code: 0, stdout: Buffer.alloc(0), stderr: '' };

/** @throws Error when an answer is denied */
export function valuesOf<Rs extends Reads>(
  reads: Rs,
  answers: ReadonlyMap<string, Answer<unknown>>,
): Values<Rs> {
  const entries = Object.entries(reads).map(([name, read]) => {
    const answer = answers.get(read.id);
    if (answer?.answer === 'denied') throw new Error(`not readable: ${answer.why}`);
    return [name, answer?.answer === 'value' ? answer.value : undefined] as const;
  });
  return Object.fromEntries(entries) as Values<Rs>;
}

function stillDifferent<R>(plan: Exclude<Plan<R>, { plan: 'same' }>): string {
  const differences: Change<R>['differences'] = plan.differences ?? [];
  return differences
    .map(({ what, from, to }) => `${what} is ${briefly(from)}, not ${briefly(to)}`)
    .join(', ');
}
