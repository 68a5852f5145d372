/** The one place where the commands meet inventory, collecting and the run. */
import type { Playbook } from '../dsl/play.ts';
import { UsageError } from '../errors.ts';
import { parseExtraVariables } from '../inventory/variables/extra.ts';
import { readLimit } from '../inventory/pattern/limit.ts';
import { readInventory, type ConnectionOverrides } from '../inventory/read.ts';
import { unusedVariables } from '../inventory/variables/unused.ts';
import { variableValidator, type VariableValidator } from '../inventory/variables/validator.ts';
import type { Warning } from '../inventory/variables/variable.ts';
import type { Inventory } from '../inventory/view.ts';
import { collectPlaybook } from '../plan/collect.ts';
import { awaitsFacts, type PlayPlan } from '../plan/nodes.ts';
import { RolesSoFar } from '../plan/needs.ts';
import { replanPlay } from '../plan/replan.ts';
import { selectSteps, unknownTags } from '../plan/select.ts';
import type { Replan } from '../run/run.ts';
import type { Secret } from '../secrets/secret.ts';
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
  /** Plans a play anew that starts with more in the inventory, or with facts. */
  readonly replan: (...of: Parameters<Replan>) => Promise<Replanned>;
}

export interface Replanned {
  readonly plan: PlayPlan;
  /** What could not be said as long as steps waited for facts. */
  readonly warnings: readonly Warning[];
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
  const schemas = new Set<unknown>();
  const limited = limit === undefined ? undefined : await limitedHosts(limit, inventory);
  const roles = new RolesSoFar();
  const noting = (known: Inventory): Pick<VariableValidator, 'errors' | 'validate'> => {
    const validator = variableValidator(known);
    return {
      get errors() {
        return validator.errors;
      },
      validate(host, schema, given, of) {
        schemas.add(schema);
        return validator.validate(host, schema, given, of);
      },
    };
  };
  const collected = collectPlaybook(playbook, inventory, {
    limit: limited,
    roles,
    variables: noting(inventory),
  });
  const plans = selectSteps(collected, { tags, skipTags, startAtTask });
  if (plans.every(({ hosts }) => hosts.length === 0)) {
    throw noHosts(plans, limit);
  }
  const files = new Set(inventory.hosts.map(({ name }) => name));
  const selection = { tags, skipTags };
  const now = new Map(plans.map((plan) => [plan.play, plan]));
  const misspelt = (): readonly Warning[] => {
    // What a play without hosts knows is not known here, nor what waits for facts.
    const allKnown = [...now.values()].every(
      (plan) => (plan.hosts.length > 0 || !plan.isMeant) && !awaitsFacts(plan),
    );
    return unusedVariables(inventory, schemas).filter(
      ({ suggestion, extra }) => suggestion ?? (extra && allKnown),
    );
  };
  const early = misspelt();
  const said = new Set(early.map(({ message }) => message));
  return {
    plans,
    warnings: [...inventory.warnings, ...early],
    async replan(of, extended, facts) {
      const waited = [...now.values()].some(awaitsFacts);
      const variables = noting(extended);
      const plan = replanPlay({
        plan: of,
        inventory: extended,
        variables,
        roles,
        facts,
        limit: limited,
        files,
        selection,
      });
      now.set(plan.play, plan);
      const isLast = waited && ![...now.values()].some(awaitsFacts);
      const tagged = isLast ? unknownTags([...now.values()], selection) : [];
      const late = isLast ? misspelt().filter(({ message }) => !said.has(message)) : [];
      return { plan, warnings: [...late, ...tagged] };
    },
  };
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
