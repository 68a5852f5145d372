/** Turns a module definition into the constructor of its tasks. */
import type { z } from 'zod';
import type { AnyModule, ModuleDefinition, Reads } from '../module/module.ts';
import { declare } from './collector.ts';
import { callerPlace } from './place.ts';
import type { Lazy, Task, TaskOptions } from './task.ts';

/** The arguments of a schema, each a value or a function of the run. */
export type LazyArgs<A> = { [K in keyof A]: Lazy<A[K]> };

/**
 * What `defineModule` returns: makes tasks, and holds the definition. `S`: schema of the arguments,
 * `W`: what `prepare` makes of them, `Rs`: the reads, `R`: the result, `Seen`: what playbooks see of
 * the result.
 */
export interface ModuleConstructor<S extends z.ZodType, W, Rs extends Reads, R, Seen = R> {
  /**
   * @param name what the task is called; unique within its role
   * @param args arguments of the module, values or functions of the run
   * @param options when, tags, notify, become, …
   */
  (name: string, args: LazyArgs<z.input<S>>, options?: TaskOptions<Seen>): Task<Seen>;
  readonly definition: ModuleDefinition<S, W, Rs, R, Seen>;
}

/**
 * Defines a module.
 * @param definition arguments, reads and plan; nothing in it talks to a host
 * @returns a function that makes tasks: `motd(name, args, options)`
 * @example
 * export const motd = defineModule({
 *   name: 'motd',
 *   summary: 'Sets the message of the day.',
 *   example: `motd('greet', { text: 'hi' })`,
 *   args: z.strictObject({ text: z.string().describe('the message') }),
 *   reads: () => ({ now: readers.text('/etc/motd') }),
 *   plan: (want, is) => {
 *     const now = is.now?.kind === 'text' ? is.now.bytes.toString('utf8') : '';
 *     if (now === want.text) return same({});
 *     return change({
 *       differences: [{ what: 'content', from: now, to: want.text }],
 *       script: sh`printf %s ${want.text} > /etc/motd`,
 *       after: [unpredictable(readers.text('/etc/motd'))],
 *       invalidates: { paths: ['/etc/motd'] },
 *       result: {},
 *     });
 *   },
 * });
 */
export function defineModule<
  S extends z.ZodType,
  const Rs extends Reads = Record<never, never>,
  R = Record<never, never>,
  W = z.output<S>,
  Seen = R,
>(definition: ModuleDefinition<S, W, Rs, R, Seen>): ModuleConstructor<S, W, Rs, R, Seen> {
  const construct = (
    name: string,
    args: LazyArgs<z.input<S>>,
    options: TaskOptions<Seen> = {},
  ): Task<Seen> =>
    declare({
      kind: 'task',
      name,
      module: forgetTypes(definition),
      args: args as Readonly<Record<string, unknown>>,
      options: options as TaskOptions<never>,
      at: callerPlace(),
    });
  return Object.assign(construct, { definition });
}

/** The run handles modules without their types; the schema is what keeps the values right. */
function forgetTypes<S extends z.ZodType, W, Rs extends Reads, R, Seen>(
  definition: ModuleDefinition<S, W, Rs, R, Seen>,
): AnyModule {
  return definition as AnyModule;
}
