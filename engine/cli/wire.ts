/** The one place where the commands meet inventory, collecting and the run. */
import type { Playbook } from '../dsl/play.ts';
import { PlaybookError } from '../errors.ts';
import type { Inventory } from '../inventory/view.ts';
import type { PlayPlan } from '../plan/nodes.ts';
import type { Reporter } from '../report/events.ts';
import type { Redactor } from '../secrets/redact.ts';
import type { Secret } from '../secrets/secret.ts';
import type { Interrupts } from './interrupt.ts';
import type { PlaySettings } from './settings.ts';

export interface InventoryRequest {
  readonly paths: readonly string[];
  /** `-e`, as given. */
  readonly extraVars: readonly string[];
  /** Folder of the playbook: `group_vars/` and `host_vars/` there count too. */
  readonly playbookFolder: string | undefined;
}

export interface RunRequest {
  readonly run: string;
  readonly settings: PlaySettings;
  readonly playbookPath: string;
  readonly inventory: Inventory;
  readonly plans: readonly PlayPlan[];
  readonly becomePassword: Secret | undefined;
  readonly reporter: Reporter;
  readonly redactor: Redactor;
  readonly interrupts: Interrupts;
}

/** Reads all inventories. @throws InventoryError */
export function openInventory(request: InventoryRequest): Promise<Inventory> {
  throw new PlaybookError(`inventories can't be read yet: ${request.paths.join(', ')}`);
}

/** The plan of a playbook, with the steps selected. @throws PlaybookError, UsageError */
export function planPlaybook(
  playbook: Playbook,
  _inventory: Inventory,
  _settings: PlaySettings,
): readonly PlayPlan[] {
  throw new PlaybookError(`playbooks can't be planned yet: ${playbook.plays.length} plays`);
}

/** Runs it. @returns the exit code */
export function startRun(request: RunRequest): Promise<number> {
  throw new PlaybookError(`plans can't be run yet: ${request.run}`);
}
