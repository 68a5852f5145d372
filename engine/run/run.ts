/** A whole run: plays in order, recap, exit code (rule 30, exit codes). */
import { Interrupted } from '../errors.ts';
import type { Inventory } from '../inventory/view.ts';
import type { Facts } from '../module/facts.ts';
import { takesPart, type PlayPlan } from '../plan/nodes.ts';
import type { Event, HostRecap } from '../report/events.ts';
import type { Controllers } from '../controller/local-files.ts';
import { RunEnvironment, type RunOptions } from './environment.ts';
import { planAtStart } from './dynamic-inventory.ts';
import { Knowledge } from './state/knowledge.ts';
import { LastUse } from './hosts/last-use.ts';
import type { OpenHost } from './hosts/link.ts';
import { factsForSteps, planWithFacts } from './facts-first.ts';
import { isLost, runPlay, type Lost } from './play.ts';
import type { PendingPlace } from './handlers/pending-handlers.ts';
import { Recap } from './recap.ts';

/** @param facts of hosts, as far as they are known */
export type Replan = (
  plan: PlayPlan,
  inventory: Inventory,
  facts: (host: string) => Facts | undefined,
) => Promise<PlayPlan>;

export interface RunParts {
  readonly playbook: string;
  /** Of tsplay. */
  readonly version: string;
  readonly plans: readonly PlayPlan[];
  readonly inventory: Inventory;
  readonly options: RunOptions;
  /** `--exit-code`: pending or unknown in check is exit 3. */
  readonly exitCode: boolean;
  /** Where pending handlers are kept; in check it is only read. Undefined keeps none. */
  readonly pending: PendingPlace | undefined;
  /** Where what packages bring is kept; undefined keeps nothing. */
  readonly knowledgeFolder: string | undefined;
  readonly open: OpenHost;
  readonly controllers: Controllers;
  /** Plans a play anew that starts with more in the inventory, or with facts. @throws PlayError */
  readonly replan: Replan;
  readonly listen: (event: Event) => void;
}

/** Runs the plays; every failure becomes an event. @returns the exit code */
export async function runPlays(parts: RunParts): Promise<number> {
  const start = Date.now();
  const cpu = process.cpuUsage();
  const recap = new Recap();
  const emit = (event: Event): void => {
    recap.on(event);
    parts.listen(event);
  };
  const hosts = new Set(parts.plans.flatMap((plan) => plan.hosts.map(({ host }) => host)));
  const environment = new RunEnvironment({
    options: parts.options,
    inventory: parts.inventory,
    emit,
    pending: parts.pending,
    knowledge: new Knowledge(parts.knowledgeFolder),
    open: parts.open,
    controllers: parts.controllers,
    hosts,
    lastUse: new LastUse(parts.plans),
  });
  const { runId, check } = parts.options;
  const { playbook, version } = parts;
  emit({ event: 'run-start', time: start, run: runId, playbook, check, version });
  const lost: Lost = { failed: new Set(), unreachable: new Set(), held: new Set() };
  let interrupted = false;
  let refused = false;
  let broken: unknown;
  try {
    for (const planned of parts.plans) {
      const plan = await plannedToStart(planned, environment, lost, parts.replan);
      refused = plan === undefined;
      if (!plan) break;
      const aborted = await runPlay(plan, environment, lost);
      if (aborted !== undefined) break;
    }
  } catch (error) {
    interrupted = error instanceof Interrupted;
    if (!interrupted) broken = error;
  } finally {
    for (const link of environment.links) recap.count(link);
    await environment.close();
    environment.pending.release();
  }
  const used = process.cpuUsage(cpu);
  const controllerCpu = (used.user + used.system) / 1000;
  const hostRecap = recap.hosts;
  // Steps that the second Ctrl-C ended look like a lost connection: the person ended them.
  interrupted ||= parts.options.hard.aborted;
  const reached = refused ? 1 : exitCodeOf(lost, hostRecap, check && parts.exitCode);
  const ended = broken === undefined ? reached : 1;
  const exitCode = interrupted ? 130 : ended;
  if (exitCode === 0 && Object.keys(hostRecap).length === 0 && nobodyIsBusy(parts.plans)) {
    const text = 'no step is chosen for any host';
    emit({ event: 'message', time: Date.now(), level: 'warning', text });
  }
  emit({
    event: 'run-end',
    time: Date.now(),
    took: Date.now() - start,
    exitCode,
    recap: hostRecap,
    controllerCpu,
    controllerCpuPerHost: controllerCpu / Math.max(1, Object.keys(hostRecap).length),
  });
  if (broken !== undefined) throw broken;
  return exitCode;
}

/**
 * The play as it is now, with its connections as it says them.
 * @returns undefined where that shows a mistake, which is told
 */
async function plannedToStart(
  planned: PlayPlan,
  environment: RunEnvironment,
  lost: Lost,
  replan: Replan,
): Promise<PlayPlan | undefined> {
  const again = (of: PlayPlan, inventory: Inventory): Promise<PlayPlan> =>
    replan(of, inventory, (host) => factsForSteps(environment, host));
  const plan = await planAtStart(planned, environment, again);
  if (!plan) return undefined;
  await environment.begin(plan);
  return planWithFacts(plan, environment, (host) => isLost(lost, host), again);
}

const nobodyIsBusy = (plans: readonly PlayPlan[]): boolean =>
  !plans.some(({ play, hosts }) => hosts.some((host) => takesPart(host, play)));

function exitCodeOf(
  lost: Lost,
  recap: Readonly<Record<string, HostRecap>>,
  countPending: boolean,
): number {
  if (lost.failed.size > 0) return 2;
  if (lost.held.size > 0) return 5;
  if (lost.unreachable.size > 0) return 4;
  const pending = Object.values(recap).some((host) => host.changed > 0 || host.unknown > 0);
  return countPending && pending ? 3 : 0;
}
