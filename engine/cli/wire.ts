/** The one place where the commands meet inventory, collecting and the run. */
import { join } from 'node:path';
import type { Playbook } from '../dsl/play.ts';
import { formatPlace, UsageError } from '../errors.ts';
import { parseExtraVariables } from '../inventory/extra.ts';
import { readLimit } from '../inventory/limit.ts';
import { readInventory } from '../inventory/read.ts';
import { unusedVariables } from '../inventory/unused.ts';
import { variableValidator } from '../inventory/validator.ts';
import type { Inventory } from '../inventory/view.ts';
import { collectPlaybook } from '../plan/collect.ts';
import type { PlayPlan } from '../plan/nodes.ts';
import { selectSteps } from '../plan/select.ts';
import type { Reporter } from '../report/events.ts';
import type { Redactor } from '../secrets/redact.ts';
import type { Secret } from '../secrets/secret.ts';
import { confirmSteps } from './confirm.ts';
import type { Interrupts } from './interrupt.ts';
import { packageVersion } from './package.ts';
import type { PlaySettings } from './settings.ts';

export interface InventoryRequest {
  readonly paths: readonly string[];
  /** `-e`, as given. */
  readonly extraVars: readonly string[];
  /** Folder of the playbook: `group_vars/` and `host_vars/` there count too. */
  readonly playbookFolder: string | undefined;
  /** What the command line says of connections. */
  readonly settings?: Pick<PlaySettings, 'user' | 'become'> | undefined;
  readonly becomePassword?: Secret | undefined;
}

export interface RunRequest {
  readonly run: string;
  readonly settings: PlaySettings;
  readonly playbookPath: string;
  readonly inventory: Inventory;
  readonly plans: readonly PlayPlan[];
  readonly reporter: Reporter;
  readonly redactor: Redactor;
  readonly interrupts: Interrupts;
}

/** Reads all inventories. @throws InventoryError */
export async function openInventory(request: InventoryRequest): Promise<Inventory> {
  const { user, become } = request.settings ?? {};
  return readInventory({
    files: request.paths,
    playbookDirectory: request.playbookFolder,
    extra: await parseExtraVariables(request.extraVars),
    connection: {
      ...(user === undefined ? {} : { user }),
      ...(become === undefined ? {} : { become: true }),
      ...(typeof become === 'string' ? { becomeUser: become } : {}),
      ...(request.becomePassword ? { becomePassword: request.becomePassword } : {}),
    },
  });
}

/**
 * The plan of a playbook, with the steps selected.
 * @throws PlaybookError, InventoryError, UsageError, ManyErrors
 */
export async function planPlaybook(
  playbook: Playbook,
  inventory: Inventory,
  settings: PlaySettings,
): Promise<readonly PlayPlan[]> {
  const limit =
    settings.limit === undefined ? undefined : await limitedHosts(settings.limit, inventory);
  const plans = collectPlaybook(playbook, inventory, {
    variables: variableValidator(inventory),
    limit,
  });
  selectSteps(plans, settings);
  if (plans.every((plan) => plan.hosts.length === 0)) {
    const why =
      settings.limit === undefined
        ? 'no play matches any host'
        : `--limit ${settings.limit} leaves no host`;
    throw new UsageError(why, { hint: '--list-hosts shows the hosts of each play' });
  }
  return plans;
}

async function limitedHosts(limit: string, inventory: Inventory): Promise<ReadonlySet<string>> {
  return new Set(inventory.match(await readLimit(limit)).map((host) => host.name));
}

/** Runs it. @returns the exit code */
export async function startRun(request: RunRequest): Promise<number> {
  const { settings, interrupts, inventory, plans, reporter } = request;
  const { connectHost } = await import('../shell/host-connection.ts');
  const { Controllers } = await import('../run/controller.ts');
  const { runPlays } = await import('../run/run.ts');
  const controllers = new Controllers({ check: settings.check, diff: settings.diff });
  for (const text of warnings(plans, inventory)) {
    reporter.on({ event: 'message', time: Date.now(), level: 'warning', text });
  }
  return runPlays({
    playbook: request.playbookPath,
    version: packageVersion(),
    plans,
    inventory,
    exitCode: settings.exitCode,
    owedFile: settings.check ? undefined : join(process.cwd(), '.play', 'owed.jsonl'),
    open: (connection) => connectHost(connection, { runId: request.run, signal: interrupts.hard }),
    controllerOf: (task, host) => controllers.of(task, host),
    listen: (event) => reporter.on(event),
    options: {
      runId: request.run,
      check: settings.check,
      diff: settings.diff,
      forks: settings.forks,
      forceHandlers: settings.forceHandlers,
      liveOutput: settings.verbosity > 0,
      confirm: settings.step ? confirmSteps() : undefined,
      soft: interrupts.soft,
      hard: interrupts.hard,
    },
  });
}

/** Misspelt variables, and variables of Ansible that have no effect. */
function warnings(plans: readonly PlayPlan[], inventory: Inventory): readonly string[] {
  const schemas = plans.flatMap(({ play }) => [
    ...(play.definition.vars ? [play.definition.vars] : []),
    ...(play.definition.roles ?? []).map((role) => role.definition.vars),
  ]);
  const unused = unusedVariables(inventory, schemas).filter(
    (each) => each.suggestion !== undefined,
  );
  return [...inventory.warnings, ...unused].map(({ message, at, hint }) => {
    const where = at ? `${formatPlace(at)}  ` : '';
    return `${where}${message}${hint === undefined ? '' : `; ${hint}`}`;
  });
}
