/** A merged run as the events of one run, for programs. */
import type { ShownEvent } from '../shown.ts';
import type { MergedRun } from './merge.ts';

/** @param run the id of the merged run @param version of tsplay */
export function mergedEvents(
  merged: MergedRun,
  { run, version }: { readonly run: string; readonly version: string },
): readonly ShownEvent[] {
  const { parts, playbook, check, took, recap, exitCode, pending, retry } = merged;
  const runs = parts.flatMap((part) => part.run ?? []);
  const between = runs.flatMap(({ events }) => events.filter(isBetween));
  const sorted = between.toSorted((one, other) => one.time - other.time);
  const start = Math.min(...runs.map((each) => each.start.time));
  const time = start + took;
  const cpu = runs.reduce((sum, { end }) => sum + (end?.controllerCpu ?? 0), 0);
  return [
    { event: 'run-start', time: start, run, playbook, check, version },
    ...sorted,
    {
      event: 'parts-merged',
      time,
      parts: parts.map((part) => ({
        part: part.name,
        state: part.state,
        runs: [...part.earlier, ...(part.run ? [part.run] : [])].map((each) => each.start.run),
        exitCode: part.run?.end?.exitCode,
      })),
      pending: pending.map(({ host, handler }) => ({ host, handler })),
      retry,
    },
    {
      event: 'run-end',
      time,
      took,
      exitCode,
      recap,
      controllerCpu: cpu,
      controllerCpuPerHost: cpu / Math.max(1, Object.keys(recap).length),
    },
  ];
}

const isBetween = ({ event }: ShownEvent): boolean => event !== 'run-start' && event !== 'run-end';
