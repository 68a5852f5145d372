/**
 * Check: a step that cannot be prepared, since check does not know one of its values or whether it
 * runs. What its known arguments name may be changed by it, so later steps do not count on that
 * (rule 21, check).
 */
import type { Run } from '../../dsl/task.ts';
import type { Invalidates } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { parseArguments, parseKnown } from '../../plan/arguments.ts';
import type { EachNode, TaskNode } from '../../plan/nodes.ts';
import { evaluate } from '../../plan/not-yet-known.ts';
import { PlayError } from '../../errors.ts';
import type { HostRun } from '../host-run.ts';
import type { HostLink } from '../hosts/link.ts';
import { becomeOf } from '../step/become.ts';
import { isForeseen } from './checking.ts';
import { absolutePathsIn, filesWritten, foresee, foreseeFiles } from './foresee.ts';
import { askWays } from './ways-ahead.ts';

/** @param links the hosts on which it may be done */
export async function foreseeUnprepared(
  host: HostRun,
  node: TaskNode,
  links: readonly HostLink[],
): Promise<void> {
  const { module } = node.task;
  if (!isForeseen(node, host.batch.environment.options)) return;
  if (node.each) return foreseeItems(host, node.each, `'${node.task.name}'`);
  if (module.onlyAsks === true) return;
  const args = knownArguments(node, host.view(false));
  const paths = module.kind === 'action' ? [] : absolutePathsIn(args.known);
  const invalidates = invalidatesOf(node, args, paths);
  for (const link of links) {
    const step = { host, node, link };
    foreseeFiles(step, filesWritten(step, args.known, invalidates));
    // It changes no host.
    if (module.kind === 'control') continue;
    // The others tell of their links when they are asked for something.
    if (links.length === 1) await askWays(link, becomeOf(node, link.connection), invalidates);
    foresee(step, { user: '', after: [], invalidates, acts: true });
  }
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
