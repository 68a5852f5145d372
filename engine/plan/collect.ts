/** Collects a whole playbook: per play its hosts, their steps and one order. No I/O. */
import type { Play, Playbook } from '../dsl/play.ts';
import { ManyErrors, type PlayError } from '../errors.ts';
import type { InventoryView } from '../inventory/view.ts';
import { collectHost, ofHost, type Validate } from './collect-host.ts';
import type { HostPlan, PlayPlan } from './nodes.ts';
import { orderHosts } from './order.ts';

export interface CollectOptions {
  /** The inventory's `variableValidator`. */
  readonly variables: { readonly validate: Validate; readonly errors: readonly PlayError[] };
  /** `--limit`: names of the hosts that take part, all when undefined. */
  readonly limit?: ReadonlySet<string> | undefined;
}

/**
 * Collects all plays.
 * @throws ManyErrors with every mistake of every host, equal ones once
 */
export function collectPlaybook(
  playbook: Playbook,
  inventory: InventoryView,
  options: CollectOptions,
): readonly PlayPlan[] {
  const errors = new Map<string, PlayError>();
  const note = (error: unknown, host: string): void => {
    const found = ofHost(error, host);
    for (const each of found instanceof ManyErrors ? found.errors : [found]) {
      errors.set(`${each.at?.file}:${each.at?.line}:${each.message}`, each);
    }
  };
  const plans = playbook.plays.map((play) => collectPlay(play, inventory, options, note));
  for (const error of options.variables.errors) note(error, '');
  if (errors.size === 1) for (const error of errors.values()) throw error;
  if (errors.size > 1) throw new ManyErrors([...errors.values()]);
  return plans;
}

function collectPlay(
  play: Play,
  inventory: InventoryView,
  options: CollectOptions,
  note: (error: unknown, host: string) => void,
): PlayPlan {
  const hosts: HostPlan[] = [];
  const matched = attempt(() => inventory.match(play.definition.hosts), play.name, note) ?? [];
  for (const host of matched) {
    if (options.limit && !options.limit.has(host.name)) continue;
    const collected = attempt(
      () => collectHost(play, host, inventory, options.variables.validate),
      host.name,
      note,
    );
    if (collected) hosts.push({ host: host.name, ...collected, positions: new Map() });
  }
  const order = attempt(() => orderHosts(hosts), play.name, note) ?? [];
  return { play, hosts, order };
}

function attempt<T>(
  body: () => T,
  host: string,
  note: (error: unknown, host: string) => void,
): T | undefined {
  try {
    return body();
  } catch (error) {
    note(error, host);
    return undefined;
  }
}
