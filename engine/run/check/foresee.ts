/** Check: what later steps see of one that is only planned (rule 21, check). */
import { resolve } from 'node:path';
import type { Invalidates, Prediction } from '../../module/plan.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import type { HostRun } from '../host-run.ts';
import type { HostLink } from '../hosts/link.ts';
import { writesOnController } from '../reads/barrier.ts';
import { isForeseen } from './checking.ts';

/** A step, the host that asked for it, and where it would be done. */
interface Planned {
  readonly host: HostRun;
  readonly node: TaskNode;
  readonly link: HostLink;
  /** What makes it so, where that is not this step. */
  readonly because?: string;
}

interface Outlook {
  readonly user: string;
  /** What the step's reads will answer. */
  readonly after: readonly Prediction[];
  readonly invalidates: Invalidates | undefined;
  /** Nobody knows what becomes of what it invalidates. */
  readonly acts: boolean;
}

const becauseOf = ({ node, because }: Planned): string => because ?? `'${node.task.name}'`;

/**
 * What it makes of the host. Nothing comes of what is only planned where others act, nor of what
 * the run will only plan.
 */
export function foresee(step: Planned, { user, after, invalidates, acts }: Outlook): void {
  const { environment } = step.host.batch;
  if (!isForeseen(step.node, environment.options)) return;
  const because = becauseOf(step);
  step.link.state.predict(user, after, invalidates, { because, acts });
  environment.predictedChange ??= because;
}

/**
 * What is prepared of files that it writes on the controller is unknown from now on.
 * @param paths undefined: nobody knows which
 */
export function foreseeFiles(step: Planned, paths: readonly string[] | undefined): void {
  const { host, node, link } = step;
  const { options, plannedFiles, clock } = host.batch.environment;
  if (!isForeseen(node, options) || !writesOnController(node, link.isController)) return;
  plannedFiles.add(becauseOf(step), paths);
  clock.waited();
}

/**
 * The files of the controller that a step would write of which no more is known than what it names.
 * @param args as far as they are known
 * @param invalidates what it says that it changes
 * @returns undefined where nobody knows
 */
export function filesWritten(
  { node, link }: Planned,
  args: Readonly<Record<string, unknown>>,
  invalidates: Invalidates | undefined,
): readonly string[] | undefined {
  // As `dest` of a fetch they count from where the controller works.
  if (node.task.module.kind === undefined) return namesIn(args).map((name) => resolve(name));
  return link.isController && invalidates !== 'everything' ? invalidates?.paths : undefined;
}

/** Absolute paths that arguments name, also in lists. */
export const absolutePathsIn = (args: Readonly<Record<string, unknown>>): readonly string[] =>
  namesIn(args).filter((name) => name.startsWith('/'));

/** Longer texts are contents. */
const longestName = 4096;

const namesIn = (args: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.values(args)
    .flat(Infinity)
    .filter((value) => typeof value === 'string')
    .filter((text) => text.length <= longestName);
