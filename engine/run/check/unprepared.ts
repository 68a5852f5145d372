/**
 * Check: a step that cannot be prepared, since check does not know one of its values or whether it
 * runs. What its known arguments name may be changed by it, so later steps do not count on that
 * (rule 21, check).
 */
import type { Run } from '../../dsl/task.ts';
import type { Invalidates } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { parseArguments } from '../../plan/arguments.ts';
import type { EachNode, TaskNode } from '../../plan/nodes.ts';
import { evaluate } from '../../plan/not-yet-known.ts';
import { PlayError } from '../../errors.ts';
import type { HostRun } from '../host-run.ts';
import type { HostLink } from '../hosts/link.ts';
import { writesOnController } from '../reads/barrier.ts';
import { becomeOf } from '../step/become.ts';
import { isForeseen } from './checking.ts';
import { askWays } from './ways-ahead.ts';

/** @param link the host on which it would be done, as far as that is known */
export async function foreseeUnprepared(
  host: HostRun,
  node: TaskNode,
  link: HostLink,
): Promise<void> {
  const { options, plannedFiles, clock } = host.batch.environment;
  const { module } = node.task;
  const because = `'${node.task.name}'`;
  if (node.each && isForeseen(node, options)) return foreseeItems(host, node.each, because);
  if (module.onlyAsks === true || module.kind === 'control' || !isForeseen(node, options)) return;
  const args = knownArguments(node, host.view(false));
  const paths = module.kind === 'action' ? [] : absolutePathsIn(Object.values(args.known));
  const invalidates = args.whole ? invalidatesOf(node, args.known, paths) : { paths };
  await askWays(link, becomeOf(node, link.connection), invalidates);
  link.state.predict('', [], invalidates, { because, acts: true });
  host.batch.environment.predictedChange ??= because;
  if (!writesOnController(node, link.isController)) return;
  plannedFiles.add(because, paths);
  clock.waited();
}

/** Nobody knows which steps come of items that are not known. */
function foreseeItems({ batch, link }: HostRun, { invalidates }: EachNode, because: string): void {
  const { environment } = batch;
  if (invalidates) link.state.predict('', [], invalidates, { because, acts: true });
  else link.state.predictAnything(because);
  environment.predictedChange ??= because;
  if (invalidates) return;
  environment.plannedFiles.add(because, undefined);
  environment.clock.waited();
}

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
  args: Readonly<Record<string, unknown>>,
  paths: readonly string[],
): Invalidates {
  const { module } = task;
  const want = parsed ?? tried(() => ({ value: parseArguments(task, args) }));
  const may = want && module.mayInvalidate?.(want.value);
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
