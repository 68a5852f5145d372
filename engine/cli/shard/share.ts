/** A run as one of several: its hosts and plays, and what is told of it. */
import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import type { Warning } from '../../inventory/variables/variable.ts';
import type { Inventory } from '../../inventory/view.ts';
import type { PlayPlan } from '../../plan/nodes.ts';
import { partText } from '../../plan/shard/part.ts';
import { sharePlays, withoutHosts } from '../../plan/shard/share.ts';
import { lostIn } from '../../report/merge/merge.ts';
import { partsOf, type MergedPart } from '../../report/merge/parts.ts';
import { readReports, type RunReport } from '../../report/merge/read.ts';
import type { Sharing } from '../../run/environment.ts';
import { isController } from '../../run/hosts/link.ts';
import type { ShardSettings } from './settings.ts';

export interface SharedRun {
  readonly plans: readonly PlayPlan[];
  readonly shard: Sharing;
  /** A play that is planned anew, without hosts that are out of this run. */
  readonly staying: (plan: PlayPlan) => PlayPlan;
  readonly warnings: readonly Warning[];
}

/**
 * @param plans of all hosts, with the steps that run selected
 * @throws UsageError or ManyErrors where a play cannot be run in parts, or a part is not done yet
 */
export async function share(
  plans: readonly PlayPlan[],
  inventory: Inventory,
  { part, plays, reports }: ShardSettings,
): Promise<SharedRun> {
  const names = inventory.hosts.map(({ name }) => name);
  const controllers = new Set(['localhost', ...names.filter((name) => isOwn(name, inventory))]);
  const shared = sharePlays(plans, { part, plays, names, controllers });
  const { whole, hosts, left, others } = shared;
  if (part) {
    const run = { part: part.part, parts: part.parts, whole, hosts, left };
    const staying = (plan: PlayPlan): PlayPlan => withoutHosts(plan, others);
    return { plans: shared.plans, shard: { run, others }, staying, warnings: warningsOf(run) };
  }
  const before = partsBefore(await readReportFiles(reports), whole);
  const lost = new Set(before.flatMap(lostIn));
  const staying = (plan: PlayPlan): PlayPlan => withoutHosts(plan, lost);
  const run = { part: 'rest', parts: before.length, whole, hosts, left } as const;
  return {
    plans: shared.plans.map(staying),
    shard: { run, others },
    staying,
    warnings:
      lost.size === 0
        ? []
        : [{ message: `left out, since a part lost them: ${[...lost].join(', ')}` }],
  };
}

const isOwn = (name: string, inventory: Inventory): boolean =>
  isController(inventory.connection(name));

function warningsOf(run: Sharing['run'] & { readonly part: number }): readonly Warning[] {
  const { hosts, left } = run;
  const texts = [
    hosts.length === 0
      ? `part ${partText(run)} has no host: the others have all of these plays`
      : '',
    left.length === 0
      ? ''
      : `left to the run with --shard-plays rest: ${left.map((name) => `'${name}'`).join(', ')}`,
  ];
  return texts.filter((text) => text !== '').map((message) => ({ message }));
}

/** @throws UsageError for a file that cannot be read or is no report */
export async function readReportFiles(files: readonly string[]): Promise<readonly RunReport[]> {
  const found = files.map(async (file) => {
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new UsageError(`the report ${file} cannot be read`, { cause, hint: String(cause) });
    });
    return readReports(file, text);
  });
  return (await Promise.all(found)).flat();
}

/**
 * The last run of each part. The plays behind count on what the parts do before.
 * @throws UsageError where one is not done, or they are of another whole
 */
function partsBefore(reports: readonly RunReport[], whole: string): readonly RunReport[] {
  const parts = partsOf(reports).filter(({ part }) => part !== 'rest');
  return parts.map((part) => {
    const { run } = part;
    const isDone = run?.end && part.state === 'done' && ![1, 130].includes(run.end.exitCode);
    if (!isDone) throw notDone(part);
    if (run.start.shard?.whole === whole) return run;
    throw new UsageError(`${run.file} is a part of another whole: its plays or hosts differ`, {
      hint: 'say the same playbook, inventory and --limit as for the parts',
    });
  });
}

function notDone({ name, state, run }: MergedPart): UsageError {
  const how = run?.end ? `ended with exit code ${run.end.exitCode}` : stateText[state];
  return new UsageError(`part ${name} ${how}: the rest begins when all parts are done`, {
    hint: `run it again: --shard ${name}`,
  });
}

const stateText = { done: 'is done', 'cut short': 'was cut short', missing: 'is missing' };
