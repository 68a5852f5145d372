/** The reports of all parts as that of one run: what it did, what is left to do, its exit code. */
import type { HostRecap } from '../events.ts';
import { addFailure, dropFailure, type FailureReport } from '../failure.ts';
import { Outcomes } from '../outcomes.ts';
import type { ShownEvent } from '../shown.ts';
import { partsOf, type MergedPart } from './parts.ts';
import { pendingAfter, type PendingEntry } from './pending.ts';
import type { RunReport } from './read.ts';

export interface MergedRun {
  readonly playbook: string;
  readonly check: boolean;
  readonly parts: readonly MergedPart[];
  readonly recap: Readonly<Record<string, HostRecap>>;
  readonly failures: readonly FailureReport[];
  /** Handlers that ran. */
  readonly handlers: number;
  /** Milliseconds from the first start to the last event. */
  readonly took: number;
  readonly pending: readonly PendingEntry[];
  /** Hosts that are not done, as far as their parts are known. */
  readonly retry: readonly string[];
  /** Of one run over all (rule 30, exit codes); 1 where a part is missing or was cut short. */
  readonly exitCode: number;
}

/** @throws UsageError where the reports are not of one whole */
export function mergeReports(reports: readonly RunReport[]): MergedRun {
  const parts = partsOf(reports);
  const runs = parts.flatMap(({ run }) => run ?? []);
  const { start } = runs[0] ?? fail();
  const all = parts.flatMap(({ earlier, run }) => [...earlier, ...(run ? [run] : [])]);
  const pending = pendingAfter(all);
  const known = new Set(pendingAfter(runs).map(({ host, handler }) => `${host}\n${handler}`));
  // What only a run that broke off knew of, no later run of that part has run.
  const owed = pending.filter(({ host, handler }) => !known.has(`${host}\n${handler}`));
  const recap = recapOf(runs);
  return {
    playbook: start.playbook,
    check: start.check,
    parts,
    recap,
    failures: runs.flatMap(failuresOf),
    handlers: runs.flatMap(({ events }) => events.filter(isHandlerRun)).length,
    took: tookOf(all),
    pending,
    retry: [...new Set([...runs.flatMap(lostIn), ...pending.map(({ host }) => host)])].toSorted(),
    exitCode: exitCodeOf(parts, owed.length > 0),
  };
}

function fail(): never {
  throw new Error('no run was merged');
}

const lostOf = (recap: Readonly<Record<string, HostRecap>>): readonly string[] =>
  Object.entries(recap).flatMap(([host, of]) => {
    const isLost = of.failed > 0 || of.unreachable || of.locked || of.heldBack || of.leftOut;
    return isLost ? [host] : [];
  });

/**
 * Hosts that a run lost; all of its hosts where it broke off, or says that it failed and not where:
 * a host can fail outside of its steps.
 */
export function lostIn({ start, end }: RunReport): readonly string[] {
  const lost = lostOf(end?.recap ?? {});
  const isFine = end?.exitCode === 0 || end?.exitCode === 3;
  return isFine || lost.length > 0 ? lost : (start.shard?.hosts ?? []);
}

/** Of what a single run would say of itself, the first of these wins. */
const byWeight = [130, 1, 2, 5, 4, 3];

function exitCodeOf(parts: readonly MergedPart[], isOwed: boolean): number {
  const codes = new Set(parts.map(({ run }) => run?.end?.exitCode ?? 1));
  return byWeight.find((code) => codes.has(code)) ?? (isOwed ? 2 : 0);
}

function tookOf(runs: readonly RunReport[]): number {
  const times = runs.flatMap(({ start, events }) => [start.time, events.at(-1)?.time ?? 0]);
  return Math.max(...times) - Math.min(...times.filter((time) => time > 0));
}

/** As the run that had ended says itself; of one that broke off, as far as it told. */
function recapOf(runs: readonly RunReport[]): Readonly<Record<string, HostRecap>> {
  const recap = new Map<string, HostRecap>();
  for (const run of runs) {
    for (const [host, of] of Object.entries(run.end?.recap ?? countedIn(run.events))) {
      const before = recap.get(host);
      recap.set(host, before ? together(before, of) : of);
    }
  }
  return Object.fromEntries(recap);
}

function countedIn(events: readonly ShownEvent[]): Readonly<Record<string, HostRecap>> {
  const outcomes = new Outcomes();
  for (const event of events) outcomes.on(event);
  return outcomes.hosts;
}

function together(one: HostRecap, other: HostRecap): HostRecap {
  return {
    ok: one.ok + other.ok,
    changed: one.changed + other.changed,
    unknown: one.unknown + other.unknown,
    skipped: one.skipped + other.skipped,
    failed: one.failed + other.failed,
    rescued: one.rescued + other.rescued,
    ignored: one.ignored + other.ignored,
    unreachable: one.unreachable || other.unreachable,
    locked: one.locked || other.locked,
    heldBack: one.heldBack || other.heldBack,
    leftOut: one.leftOut || other.leftOut,
    counters: {
      connections: one.counters.connections + other.counters.connections,
      roundTrips: one.counters.roundTrips + other.counters.roundTrips,
      bytesUp: one.counters.bytesUp + other.counters.bytesUp,
      bytesDown: one.counters.bytesDown + other.counters.bytesDown,
      processes: one.counters.processes + other.counters.processes,
    },
  };
}

const isHandlerRun = (event: ShownEvent): boolean =>
  event.event === 'step-end' && event.step.handler && event.outcome !== 'skipped';

function failuresOf({ events }: RunReport): readonly FailureReport[] {
  const failures: FailureReport[] = [];
  const told = new Set<string>();
  for (const event of events) {
    if (event.event === 'step-end' && event.failure && !event.ignored) {
      const { step, outcome, failure } = event;
      if (outcome !== 'failed' && outcome !== 'unreachable' && outcome !== 'locked') continue;
      if (outcome !== 'failed') told.add(step.host);
      addFailure(failures, step.host, { outcome, hosts: [], step, failure });
    } else if (event.event === 'host-rescued') {
      dropFailure(failures, event.host);
      told.delete(event.host);
    } else if (event.event === 'host-unreachable' || event.event === 'host-locked') {
      if (told.has(event.host)) continue;
      const outcome = event.event === 'host-locked' ? 'locked' : 'unreachable';
      const { failure } = event;
      addFailure(failures, event.host, { outcome, hosts: [], step: undefined, failure });
    }
  }
  return failures;
}
