/**
 * Check: a step that cannot be prepared, since check does not know one of its values or whether it
 * runs. What its known arguments name may be changed by it, so later steps do not count on that
 * (rule 21, check).
 */
import type { Run } from '../../dsl/task.ts';
import type { Invalidates } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { parseArguments, parseKnown } from '../../plan/arguments.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import { evaluate } from '../../plan/not-yet-known.ts';
import { PlayError } from '../../errors.ts';
import type { HostRun } from '../host-run.ts';
import type { HostLink } from '../hosts/link.ts';
import { becomeOf } from '../step/become.ts';
import { isForeseen } from './checking.ts';
import { foresee, foreseeFiles } from './foresee.ts';
import { askWays } from './ways-ahead.ts';

/** @param link the host on which it would be done, as far as that is known */
export async function foreseeUnprepared(
  host: HostRun,
  node: TaskNode,
  link: HostLink,
): Promise<void> {
  const { module } = node.task;
  if (module.onlyAsks === true || !isForeseen(node, host.batch.environment.options)) return;
  const step = { host, node, link };
  // It changes no host; which files of the controller nobody knows.
  if (module.kind === 'control') return foreseeFiles(step, undefined);
  const args = knownArguments(node, host.view(false));
  const acts = module.kind === 'action';
  const paths = acts ? [] : absolutePathsIn(Object.values(args.known));
  const invalidates = invalidatesOf(node, args, paths);
  await askWays(link, becomeOf(node, link.connection), invalidates);
  foresee(step, { user: '', after: [], invalidates, acts: true });
  foreseeFiles(step, acts && !link.isController ? undefined : pathsOf(invalidates));
}

const pathsOf = (invalidates: Invalidates): readonly string[] | undefined =>
  invalidates === 'everything' ? undefined : invalidates.paths;

interface KnownArguments {
  readonly known: Readonly<Record<string, unknown>>;
  /** None is missing. */
  readonly whole: boolean;
}

/** Those that check knows; a function that throws tells of it when the step runs. */
function knownArguments({ task }: TaskNode, run: Run): KnownArguments {
  const all = Object.entries(task.args);
  const known = all.flatMap(([name, argument]) => {
    if (typeof argument !== 'function') return [[name, argument] as const];
    const value = tried(() => evaluate<unknown>(() => (argument as (run: Run) => unknown)(run)));
    return value && 'value' in value ? [[name, value.value] as const] : [];
  });
  return { known: Object.fromEntries(known), whole: known.length === all.length };
}

/** With all arguments its module may say what it reads, and so what it is about. */
function invalidatesOf(
  { task, want: parsed }: TaskNode,
  { known, whole }: KnownArguments,
  paths: readonly string[],
): Invalidates {
  const { module } = task;
  const want =
    parsed ?? (whole ? tried(() => ({ value: parseArguments(task, known) })) : undefined);
  const may = module.mayInvalidate?.(want?.value ?? parseKnown(task, known));
  if (may === 'everything') return may;
  const reads: readonly Read<unknown>[] =
    !want || module.prepare || module.kind === 'action'
      ? []
      : Object.values(tried(() => module.reads?.(want.value, { get: () => undefined })) ?? {});
  return { ...may, paths: [...(may?.paths ?? []), ...paths], reads };
}

function tried<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (error instanceof PlayError) return undefined;
    throw error;
  }
}

/** Also in lists. */
function absolutePathsIn(values: readonly unknown[]): readonly string[] {
  return values.flatMap((value) => {
    if (Array.isArray(value)) return absolutePathsIn(value);
    return typeof value === 'string' && value.startsWith('/') ? [value] : [];
  });
}
