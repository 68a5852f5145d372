/** Which run stands for which part of a whole. */
import { UsageError } from '../../errors.ts';
import type { PartOfRun } from '../events.ts';
import type { RunReport } from './read.ts';

/** A part, or the run behind all parts, and what became of it. */
export interface MergedPart {
  readonly part: PartOfRun['part'];
  /** `3/8`, or `rest`. */
  readonly name: string;
  readonly state: 'done' | 'cut short' | 'missing';
  /** Its last run; undefined where it is missing. */
  readonly run: RunReport | undefined;
  /** Its runs before that one, in the order of their time. */
  readonly earlier: readonly RunReport[];
}

type OfShard = RunReport & { readonly shard: PartOfRun };

/**
 * @param reports in any order; several of one part are its runs one after another
 * @returns the parts in order, missing ones too, and the rest where plays are left to it
 * @throws UsageError where they are not of one whole
 */
export function partsOf(reports: readonly RunReport[]): readonly MergedPart[] {
  const runs = reports.map(ofShard);
  const [first] = runs;
  if (!first) throw new UsageError('no report to merge', { hint: 'give the reports of all parts' });
  for (const each of runs) requireSameWhole(each, first);
  const count = first.shard.parts;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const parts = numbers.map((part) => partAmong(runs, part, `${part}/${count}`));
  const isLeft = runs.some(({ shard }) => shard.part === 'rest' || shard.left.length > 0);
  return isLeft ? [...parts, partAmong(runs, 'rest', 'rest')] : parts;
}

function partAmong(runs: readonly OfShard[], part: PartOfRun['part'], name: string): MergedPart {
  const own = runs
    .filter(({ shard }) => shard.part === part)
    .toSorted((one, other) => one.start.time - other.start.time);
  const run = own.at(-1);
  const ended = run?.end ? 'done' : 'cut short';
  return { part, name, state: run ? ended : 'missing', run, earlier: own.slice(0, -1) };
}

function ofShard(report: RunReport): OfShard {
  const { shard } = report.start;
  if (shard) return { ...report, shard };
  throw new UsageError(`${report.file} is the report of a whole run, not of a part`, {
    hint: 'merge those of runs with --shard',
  });
}

function requireSameWhole(report: OfShard, first: OfShard): void {
  const differs = (what: string): UsageError =>
    new UsageError(`${report.file} and ${first.file} are not parts of one whole: ${what}`, {
      hint: 'give the reports of runs of one playbook for the same hosts',
    });
  const { shard, start } = report;
  if (shard.parts !== first.shard.parts) {
    throw differs(`one is of ${shard.parts} parts, the other of ${first.shard.parts}`);
  }
  if (start.check !== first.start.check) throw differs('one was only a check');
  if (shard.whole !== first.shard.whole) throw differs('their plays or hosts differ');
}
