/** A run with everything around it: reporters, journal, questions, Ctrl-C. */
import { existsSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formatPlace, LockedError } from '../errors.ts';
import type { Warning } from '../inventory/variables/variable.ts';
import type { Inventory } from '../inventory/view.ts';
import type { PlayPlan } from '../plan/nodes.ts';
import { onlyAsks } from '../plan/only-asks.ts';
import type { Event } from '../report/events.ts';
import { journalReporter, newRunId } from '../report/journal.ts';
import { jsonReporter } from '../report/json.ts';
import { prettyReporter } from '../report/pretty.ts';
import { profileReporter } from '../report/profile.ts';
import { reportTo, type Listener } from '../report/shown.ts';
import type { Sink } from '../report/sink.ts';
import { knowledgeFolder } from '../controller/cache-folder.ts';
import { Controllers } from '../controller/local-files.ts';
import { describeHolder, HostLocks, machineOf, type LockHolder } from '../run/hosts/host-locks.ts';
import { isController } from '../run/hosts/link.ts';
import { validateTemplates } from '../run/validate-templates.ts';
import { runPlays, type Replan } from '../run/run.ts';
import { Redactor } from '../secrets/redact.ts';
import { hostLock } from '../shell/host/lock.ts';
import { connectHost } from '../shell/session/host-connection.ts';
import { confirmSteps } from './confirm.ts';
import { listenForInterrupts } from './interrupt.ts';
import { packageVersion } from './package.ts';
import type { PlaySettings } from './settings.ts';
import type { Replanned } from './wire.ts';
import { standardError } from './terminal.ts';

export interface ReportedRun {
  readonly plans: readonly PlayPlan[];
  readonly warnings: readonly Warning[];
  readonly settings: PlaySettings;
  /** Absolute path of the playbook. */
  readonly path: string;
  readonly inventory: Inventory;
  readonly replan: (...of: Parameters<Replan>) => Promise<Replanned>;
  readonly out: Sink;
}

/** @returns the exit code */
export async function runWithReports(parts: ReportedRun): Promise<number> {
  const { settings, out, plans, inventory } = parts;
  const { check, diff } = settings;
  const controllers = new Controllers({ check, diff }, { remember: settings.lookahead });
  const validate = (of: readonly PlayPlan[], known: Inventory): Promise<void> =>
    validateTemplates(of, {
      controllerOf: (task, host) => controllers.of(task, host),
      isLocal: (host) => isController(known.connection(host)),
    });
  await validate(plans, inventory);
  const project = process.cwd();
  const runId = newRunId();
  const reporter = reportTo(new Redactor(), [
    journalReporter(project, runId, (message) =>
      queueMicrotask(() => reporter.on(warningEvent({ message }))),
    ),
    ...screenReporters(settings, out),
  ]);
  for (const warning of parts.warnings) reporter.on(warningEvent(warning));
  const interrupts = listenForInterrupts(standardError());
  const changes = !check && !onlyAsks(plans);
  const lock = changes ? hostLock(runId, settings.playbook) : undefined;
  const subjects = new Set(plans.flatMap((plan) => plan.hosts.map(({ host }) => host)));
  const locks = new HostLocks(join(project, '.play'), runId, settings.playbook);
  const unlocked = new Set<string>();
  const onUnlocked = (host: string): void => {
    if (!unlocked.has(host)) reporter.on(warningEvent({ message: withoutLock(host) }));
    unlocked.add(host);
  };
  try {
    if (changes) await lockHosts(locks, parts, interrupts.soft, (event) => reporter.on(event));
    return await runPlays({
      playbook: relative(project, parts.path),
      version: packageVersion(),
      plans,
      inventory,
      options: {
        runId,
        check,
        diff,
        forks: settings.forks,
        forceHandlers: settings.forceHandlers,
        taskTimeout: settings.taskTimeout,
        user: settings.user,
        lookahead: settings.lookahead,
        forgetPending: settings.forgetPending,
        waitLock: settings.waitLock,
        liveOutput: settings.verbosity > 0 || settings.output === 'json' || (out.isTTY && 'long'),
        confirm: settings.step ? confirmSteps() : undefined,
        soft: interrupts.soft,
        hard: interrupts.hard,
      },
      exitCode: settings.exitCode,
      pending: {
        folder: join(project, '.play'),
        inventory: inventoryName(project, settings.inventories),
      },
      knowledgeFolder: knowledgeFolder(),
      open: (connection, name) =>
        connectHost(connection, {
          runId,
          signal: interrupts.hard,
          name,
          // The controller is every project's workshop, unless a play is for it.
          lock: connection.transport === 'local' && !subjects.has(name) ? undefined : lock,
          onUnlocked: () => onUnlocked(name),
        }),
      controllers,
      async replan(plan, extended, facts) {
        const { plan: again, warnings } = await parts.replan(plan, extended, facts);
        for (const warning of warnings) reporter.on(warningEvent(warning));
        await validate([again], extended);
        for (const { host } of again.hosts) subjects.add(host);
        return again;
      },
      listen: (event) => reporter.on(event),
    });
  } catch (error) {
    if (error instanceof LockedError && interrupts.soft.aborted) return 130;
    throw error;
  } finally {
    locks.release();
    interrupts.stop();
    await reporter.close();
  }
}

const withoutLock = (host: string): string =>
  `${host} has no place for a lock (/run, /dev/shm, /tmp): nothing keeps other controllers off it`;

/** Locks the machines of all plays. A project that cannot be written runs without. */
async function lockHosts(
  locks: HostLocks,
  { plans, inventory, settings }: ReportedRun,
  signal: AbortSignal,
  emit: (event: Event) => void,
): Promise<void> {
  const hosts = plans.flatMap((plan) => plan.hosts.map(({ host }) => host));
  const targets = hosts.map((host) => machineOf(inventory.connection(host)));
  const onWait = (holder: LockHolder): void =>
    emit(warningEvent({ message: `waits for ${describeHolder(holder)} on ${holder.target}` }));
  try {
    await locks.take(targets, settings.waitLock, onWait, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const message = `nothing keeps another run of this project off these hosts: ${error.message}`;
    emit(warningEvent({ message }));
  }
}

/** The same for the same inventory, however its path is given. */
function inventoryName(project: string, paths: readonly string[]): string {
  const names = paths.map((path) =>
    existsSync(path) ? relative(project, realpathSync(path)) : path,
  );
  return names.toSorted().join(' ');
}

function screenReporters(settings: PlaySettings, out: Sink): readonly Listener[] {
  const { diff, verbosity, step } = settings;
  const json = settings.output === 'json';
  const screen = json ? jsonReporter(out) : prettyReporter(out, { diff, verbosity, live: !step });
  return settings.profile ? [screen, profileReporter(json ? standardError() : out)] : [screen];
}

function warningEvent({ message, at, hint }: Warning): Event {
  const place = at === undefined ? '' : `${formatPlace(at)}  `;
  const text = `${place}${message}${hint === undefined ? '' : `, ${hint}`}`;
  return { event: 'message', time: Date.now(), level: 'warning', text };
}
