/** Mistakes in declarations that no type can say; each is told at collect, with its place. */
import { isStep, type Declared } from '../dsl/collector.ts';
import type { Play } from '../dsl/play.ts';
import type { Block, Each, Role, Step, Task } from '../dsl/task.ts';
import { PlaybookError, type Place } from '../errors.ts';
import { isSecret } from '../secrets/secret.ts';
import type { FlowedOptions } from './nodes.ts';

/** Where a step stands. */
interface Standing {
  readonly handler?: boolean;
  readonly held?: boolean;
}

/** @throws PlaybookError for what was created and is used nowhere */
export function refuseForgotten(declared: readonly Declared[], used: ReadonlySet<Declared>): void {
  const forgotten = declared.find((made) => !used.has(made));
  if (!forgotten) return;
  if (forgotten.kind === 'handler') {
    throw new PlaybookError(`handler '${forgotten.name}' is used nowhere`, { at: forgotten.at });
  }
  throw new PlaybookError(`${forgotten.kind} '${forgotten.name}' was created but never yielded`, {
    at: forgotten.at,
    hint: 'yield it, or use it in a block or as a handler',
  });
}

/** @param who says where it was found: `role 'etcd' yields` */
export function refuseNoStep(who: string, given: unknown, at: Place | undefined): never {
  const shown = kindOf(given);
  throw new PlaybookError(`${who} ${shown}, which is no step`, {
    at,
    hint: shown.startsWith('a handler')
      ? 'handlers are not yielded: tasks notify them'
      : 'steps are tasks, blocks, roles, choose() and flushHandlers()',
  });
}

function kindOf(given: unknown): string {
  if (Array.isArray(given)) return 'a list';
  if (typeof given !== 'object' || given === null) return String(given);
  if (!('kind' in given)) return 'an object';
  const name = 'name' in given ? ` '${String(given.name)}'` : '';
  return `a ${String(given.kind)}${name}`;
}

/** @throws PlaybookError for what cannot be where it stands */
export function refuseMisplaced(step: Step, { handler }: Standing): void {
  if (!isStep(step)) refuseNoStep('a block or a branch holds', step, undefined);
  if (step.kind !== 'flush' || !handler) return;
  throw new PlaybookError('flushHandlers() within a handler', {
    at: step.at,
    hint: 'a handler that changes something notifies the next one itself',
  });
}

/**
 * @param role in that play
 * @throws PlaybookError where what is made behind facts stands where they are not known first
 */
export function refuseGather({ name, definition, at }: Play, role?: Role): void {
  if (role?.definition.gather && definition.gather === undefined) {
    throw new PlaybookError(`role '${role.name}' gathers facts first, and its play does not`, {
      at: role.at,
      hint: `give the play '${name}' gather: 'first'`,
    });
  }
  if (definition.gather === undefined || definition.gatherFacts !== false) return;
  throw new PlaybookError(`play '${name}' has gather: 'first' and gatherFacts: false`, {
    at,
    hint: 'its steps are made behind the facts: leave gatherFacts out',
  });
}

/** @throws PlaybookError for a block that cannot do what its options say */
export function refuseBlock({ name, options, at }: Block): void {
  if (options.rolling === undefined || options.throttle === undefined) return;
  throw new PlaybookError(`block '${name}' has both throttle and rolling`, {
    at,
    hint: 'say it once: rolling: { atOnce: hosts }',
  });
}

/** @throws PlaybookError for tags of a handler, which would do nothing */
export function refuseHandlerTags(step: Task<unknown> | Block | Each, { handler }: Standing): void {
  if (!handler || step.options.tags === undefined) return;
  throw new PlaybookError(`'${step.name}' is a handler and has tags`, {
    at: step.at,
    hint: 'whether it runs is decided by what notifies it: give the tags to those tasks',
  });
}

/** @throws PlaybookError for a task that cannot do what its options say */
export function refuseTask(
  task: Task<unknown>,
  want: { readonly value: unknown } | undefined,
  options: FlowedOptions,
  { handler = false, held = false }: Standing,
): void {
  if (handler && task.module.ends) {
    throw new PlaybookError(`'${task.name}' ends the play within a handler`, {
      at: task.at,
      hint: 'a step decides that, with a `when`',
    });
  }
  refuseBareAction(task, want, handler || options.when.length > 0);
  if (want) refuseOpenSecret(task, want.value, options.environment);
  if (!held || !options.runOnce) return;
  throw new PlaybookError(
    `'${task.name}' has runOnce within a block that has throttle or rolling`,
    {
      at: task.at,
      hint: 'it waits for hosts that wait for the block: put it before the block',
    },
  );
}

/** @throws PlaybookError for a restart and the like where it would happen on every run */
export function refuseBareAction(
  task: Task<unknown>,
  want: { readonly value: unknown } | undefined,
  conditional: boolean,
): void {
  if (conditional || !want || !task.module.needsCondition?.(want.value)) return;
  throw new PlaybookError(`'${task.name}' acts on every run: it is no state`, {
    at: task.at,
    hint: 'make it a handler and notify it, or give it a `when`',
  });
}

function refuseOpenSecret(
  task: Task<unknown>,
  want: unknown,
  environment: FlowedOptions['environment'],
): void {
  if (task.module.kind === 'control') return;
  if ((want as { exposeSecret?: unknown } | undefined)?.exposeSecret === true) return;
  for (const [name, text] of Object.entries(environment)) {
    if (!isSecret(text)) continue;
    throw new PlaybookError(`environment ${name} of '${task.name}' is a Secret`, {
      at: task.at,
      hint: 'other processes may see it; set exposeSecret: true if that is acceptable',
    });
  }
}
