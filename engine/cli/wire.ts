/** The one place where the commands meet inventory, collecting and the run. */
import type { Playbook } from '../dsl/play.ts';
import { UsageError } from '../errors.ts';
import { parseExtraVariables } from '../inventory/variables/extra.ts';
import { readLimit } from '../inventory/pattern/limit.ts';
import { readInventory, type ConnectionOverrides } from '../inventory/read.ts';
import { unusedVariables } from '../inventory/variables/unused.ts';
import { variableValidator } from '../inventory/variables/validator.ts';
import type { Warning } from '../inventory/variables/variable.ts';
import type { Inventory } from '../inventory/view.ts';
import { collectPlaybook } from '../plan/collect.ts';
import type { PlayPlan } from '../plan/nodes.ts';
import { RolesSoFar } from '../plan/needs.ts';
import { replanPlay } from '../plan/replan.ts';
import { selectSteps } from '../plan/select.ts';
import type { Secret } from '../secrets/secret.ts';
import type { Sharing } from '../run/environment.ts';
import type { share, SharedRun } from './shard/share.ts';
import type { PlaySettings } from './settings.ts';

export interface InventoryRequest {
  /** Values of `-i`. */
  readonly files: readonly string[];
  /** Values of `-e`. */
  readonly extraVars: readonly string[];
  /** Folder of the playbook: `group_vars/` and `host_vars/` there count too. */
  readonly playbookDirectory?: string;
  readonly connection?: ConnectionOverrides;
}

/** Reads all inventories. @throws InventoryError, UsageError or ManyErrors */
export async function openInventory(request: InventoryRequest): Promise<Inventory> {
  const { files, extraVars, playbookDirectory, connection } = request;
  const extra = await parseExtraVariables(extraVars);
  return readInventory({ files, playbookDirectory, extra, connection });
}

/** What `-u`, `-b`, `--become-user` and the password say about every connection. */
export function connectionOverrides(
  settings: PlaySettings,
  becomePassword: Secret | undefined,
): ConnectionOverrides {
  const { user, become } = settings;
  return {
    ...(user !== undefined && { user }),
    ...(become !== undefined && { become: true }),
    ...(typeof become === 'string' && { becomeUser: become }),
    ...(becomePassword && { becomePassword }),
  };
}

export interface Planned {
  readonly plans: readonly PlayPlan[];
  readonly warnings: readonly Warning[];
  /** Set where the run is one of several that share the hosts. */
  readonly shard: Sharing | undefined;
  /** Plans a play anew that starts with more in the inventory. */
  readonly replan: (plan: PlayPlan, inventory: Inventory) => Promise<PlayPlan>;
}

/**
 * Collects a playbook for all hosts and selects the steps that run.
 * @throws PlaybookError, InventoryError, UsageError or ManyErrors with all mistakes of all hosts
 */
export async function planPlaybook(
  playbook: Playbook,
  inventory: Inventory,
  settings: PlaySettings,
): Promise<Planned> {
  const { limit, tags, skipTags, startAtTask } = settings;
  const validator = variableValidator(inventory);
  const schemas = new Set<unknown>();
  const limited = limit === undefined ? undefined : await limitedHosts(limit, inventory);
  const roles = new RolesSoFar();
  const collected = collectPlaybook(playbook, inventory, {
    limit: limited,
    roles,
    variables: {
      get errors() {
        return validator.errors;
      },
      validate(host, schema, given, of) {
        schemas.add(schema);
        return validator.validate(host, schema, given, of);
      },
    },
  });
  const plans = selectSteps(collected, { tags, skipTags, startAtTask });
  if (plans.every(({ hosts }) => hosts.length === 0)) {
    throw noHosts(plans, limit);
  }
  // What a play without hosts knows is not known here.
  const allKnown = plans.every(({ hosts, isMeant }) => hosts.length > 0 || !isMeant);
  const misspelt = unusedVariables(inventory, schemas).filter(
    ({ suggestion, extra }) => suggestion ?? (extra && allKnown),
  );
  const shared = settings.shard && (await shareRun(plans, inventory, settings.shard));
  const files = new Set(inventory.hosts.map(({ name }) => name));
  const selection = { tags, skipTags };
  return {
    plans: shared?.plans ?? plans,
    warnings: [...inventory.warnings, ...misspelt, ...(shared?.warnings ?? [])],
    shard: shared?.shard,
    replan: async (plan, extended) => {
      const again = replanPlay({
        plan,
        inventory: extended,
        variables: variableValidator(extended),
        roles,
        limit: limited,
        files,
        selection,
      });
      const hosts = again.hosts.filter(({ host }) => !shared?.lost.has(host));
      return { ...again, hosts };
    },
  };
}

/** Loaded only where a run is a part. */
async function shareRun(...given: Parameters<typeof share>): Promise<SharedRun> {
  return (await import('./shard/share.ts')).share(...given);
}

async function limitedHosts(limit: string, inventory: Inventory): Promise<ReadonlySet<string>> {
  return new Set(inventory.match(await readLimit(limit)).map(({ name }) => name));
}

function noHosts(plans: readonly PlayPlan[], limit: string | undefined): UsageError {
  if (limit !== undefined) {
    const hint = '--list-hosts without --limit shows the hosts of each play';
    return new UsageError(`--limit ${limit} leaves no host`, { hint });
  }
  const patterns = new Set(plans.map(({ play }) => `'${play.definition.hosts}'`));
  return new UsageError('no play is for any host of this inventory', {
    hint: `the plays are for ${[...patterns].join(', ')}; play inventory --graph shows what there is`,
  });
}
