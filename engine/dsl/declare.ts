/** Constructors of plays, roles, blocks and handlers. They have no effects. */
import type { z } from 'zod';
import { PlaybookError } from '../errors.ts';
import { declare } from './collector.ts';
import { callerPlace } from './place.ts';
import type { Play, PlayDefinition, Playbook } from './play.ts';
import type {
  Block,
  BlockOptions,
  BlockParts,
  Choose,
  Flush,
  Handler,
  Lazy,
  Options,
  Role,
  RoleDefinition,
  RoleOptions,
  RoleValue,
  Run,
  Step,
  Task,
} from './task.ts';

/**
 * A role: a pure function from variables to steps, and a step itself. Its steps have its name as
 * their tag unless `tags` says otherwise, here or where it is used.
 * @example
 * export const motd = role({ name: 'motd', vars: z.strictObject({ … }), *tasks({ vars }) { … } });
 * // in a play
 * yield motd;
 * yield motd({ motdText: 'hi' }, { as: 'greeting' });
 * yield motd.on('web:!old');
 */
export function role<S extends z.ZodType, U = Record<never, never>>(
  definition: RoleDefinition<S, U>,
): RoleValue<S> {
  const erased = definition as RoleDefinition<z.ZodType>;
  const value = (given: Partial<z.input<S>> = {}, options: RoleOptions = {}): Role =>
    declare(roleStep(erased, given as Readonly<Record<string, unknown>>, options));
  // A function's own name cannot be assigned to.
  Object.defineProperties(value, Object.getOwnPropertyDescriptors(roleStep(erased, {}, {})));
  return value as RoleValue<S>;
}

function roleStep(
  definition: RoleDefinition<z.ZodType>,
  given: Readonly<Record<string, unknown>>,
  { as = definition.name, ...options }: RoleOptions,
): Role {
  const { name, tags = [name] } = definition;
  return {
    kind: 'role',
    name,
    as,
    definition,
    given,
    options: { tags, ...options },
    hosts: undefined,
    from: undefined,
    at: callerPlace(),
    on(hosts) {
      return declare({ ...this, hosts, from: this, at: callerPlace() });
    },
  };
}

/** One play: hosts, and what they should be. */
export function play<
  S extends z.ZodType = z.ZodObject<Record<never, never>>,
  U = Record<never, never>,
>(definition: PlayDefinition<S, U>): Play {
  return {
    kind: 'play',
    name: definition.name,
    definition: definition as PlayDefinition<z.ZodType>,
    at: callerPlace(),
  };
}

/** `export default playbook([play(…), play(…)])`. */
export function playbook(plays: readonly Play[]): Playbook {
  return { kind: 'playbook', plays };
}

/** Steps that share options, with `rescue` when one fails and `always` in any case. */
export function block(name: string, parts: BlockParts, options: BlockOptions = {}): Block {
  return declare({ kind: 'block', name, parts, options, at: callerPlace() });
}

/**
 * Steps that one host does for all: each runs once, there, and its result is every host's.
 * @param on the host, by name or as the run finds it
 * @example yield once((run) => run.firstReachable('masters'), objects, answers);
 */
export function once(on: Lazy<string>, ...steps: readonly Step[]): Block {
  return declare({
    kind: 'block',
    name: 'once',
    parts: { tasks: steps },
    options: { runOnce: true, on },
    at: callerPlace(),
  });
}

/**
 * A task or block that runs once per host, later, if something notified it.
 * @example const restart = handler(systemd('restart etcd', { unit: 'etcd', state: 'restarted' }));
 */
export function handler(step: Task<unknown> | Block): Handler {
  return declare({ kind: 'handler', name: step.name, step, at: callerPlace() });
}

/** Notified handlers run here rather than at the end of the play. */
export function flushHandlers(name = 'flush handlers'): Flush {
  return declare({ kind: 'flush', name, at: callerPlace(), options: {} });
}

/**
 * Branches on what only the host knows: all branches are listed, one runs.
 * @param pick gives the branch's key; a key that is no branch skips all, `default` catches the rest
 */
export function choose(
  name: string,
  pick: (run: Run) => string,
  branches: Readonly<Record<string, Iterable<Step>>>,
  options: Options = {},
): Choose {
  const lists = Object.entries(branches).map(([key, steps]) => [key, [...steps]] as const);
  if (lists.length === 0)
    throw new PlaybookError(`'${name}' has no branches`, { at: callerPlace() });
  const kept = Object.fromEntries(lists);
  return declare({ kind: 'choose', name, pick, branches: kept, options, at: callerPlace() });
}
