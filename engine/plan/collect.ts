/** Collects a whole playbook: per play its hosts, their steps and one order. No I/O. */
import { randomInt } from 'node:crypto';
import type { Order, Play, Playbook } from '../dsl/play.ts';
import type { WithFacts } from '../dsl/task.ts';
import { formatPlace, ManyErrors, PlaybookError, type Place, type PlayError } from '../errors.ts';
import type { HostView, InventoryView } from '../inventory/view.ts';
import type { MayCome } from '../inventory/pattern/match.ts';
import { parsePlayPattern } from '../inventory/pattern/pattern.ts';
import { collectHost, type PlayScope, type Validate } from './host/collect-host.ts';
import { Coming } from './coming.ts';
import { RolesSoFar } from './needs.ts';
import type { HostPlan, PlayPlan } from './nodes.ts';
import { ofHost } from './host/of-host.ts';
import { orderHosts } from './order.ts';

export interface CollectOptions {
  /** The inventory's `variableValidator`. */
  readonly variables: { readonly validate: Validate; readonly errors: readonly PlayError[] };
  /** `--limit`: names of the hosts that take part, all when undefined. */
  readonly limit?: ReadonlySet<string> | undefined;
  /** What earlier plays may add; none by default. */
  readonly coming?: Coming | undefined;
  /** Roles that hosts have of earlier plays; none by default. */
  readonly roles?: RolesSoFar | undefined;
  /** Facts of hosts, for plays that gather them first; by default none is known yet. */
  readonly facts?: ((host: string) => WithFacts['facts'] | undefined) | undefined;
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
  const add = (error: PlayError): void => {
    const what = error.cause instanceof Error ? error.cause.message : error.message;
    const key = `${error.at && formatPlace(error.at)} ${what}`;
    if (!errors.has(key)) errors.set(key, error);
  };
  const note = (error: unknown, host: string, at: Place): void => {
    const found = ofHost(error, host, at);
    for (const each of found instanceof ManyErrors ? found.errors : [found]) add(each);
  };
  const names = new Map<string, Play>();
  const { coming = new Coming(), roles = new RolesSoFar() } = options;
  const plans = playbook.plays.map((play) => {
    const first = names.get(play.name);
    if (first) note(sameName(play, first), '', play.at);
    names.set(play.name, play);
    const plan = collectPlay(play, inventory, { ...options, coming, roles }, note);
    coming.addFrom(plan);
    return plan;
  });
  for (const error of options.variables.errors) add(error);
  if (errors.size === 1) for (const error of errors.values()) throw error;
  if (errors.size > 1) throw new ManyErrors([...errors.values()]);
  return plans;
}

/** Ids begin with the play's name, and results, handlers and --start-at-task go by ids. */
function sameName(play: Play, first: Play): PlaybookError {
  return new PlaybookError(
    `two plays are named '${play.name}' (first at ${formatPlace(first.at)})`,
    { at: play.at, hint: 'give each play a name of its own' },
  );
}

/** Names are sorted as people count: web2 before web10. */
const byName = new Intl.Collator('en', { numeric: true });

function inOrder(hosts: readonly HostView[], order: Order = 'inventory'): readonly HostView[] {
  if (order === 'inventory') return hosts;
  if (order === 'reverse') return hosts.toReversed();
  if (order === 'shuffle') {
    const drawn = hosts.map((host) => ({ host, lot: randomInt(2 ** 47) }));
    return drawn.toSorted((one, other) => one.lot - other.lot).map(({ host }) => host);
  }
  const sorted = hosts.toSorted((one, other) => byName.compare(one.name, other.name));
  return order === 'sorted' ? sorted : sorted.toReversed();
}

type Note = (error: unknown, host: string, at: Place) => void;

function collectPlay(
  play: Play,
  inventory: InventoryView,
  options: CollectOptions & { readonly coming: Coming; readonly roles: RolesSoFar },
  note: Note,
): PlayPlan {
  const hosts: HostPlan[] = [];
  const attempt = <T>(body: () => T, host: string): T | undefined => {
    try {
      return body();
    } catch (error) {
      note(error, host, play.at);
      return undefined;
    }
  };
  const { coming, roles, limit } = options;
  const matched = attempt(() => hostsOf(play, inventory, coming.mayCome), play.name) ?? [];
  const scope: PlayScope = {
    play,
    inventory,
    validate: options.variables.validate,
    hostsOf: namesOfPatterns(inventory, coming.mayCome),
    outside: limit ? inventory.hosts.filter(({ name }) => !limit.has(name)) : [],
    roles,
    facts: options.facts ?? (() => undefined),
  };
  roles.begin(play);
  for (const host of inOrder(matched, play.definition.order)) {
    if (limit && !limit.has(host.name)) continue;
    const collected = attempt(() => collectHost(host, scope), host.name);
    if (collected) hosts.push({ host: host.name, ...collected, positions: new Map() });
  }
  const order = attempt(() => orderHosts(hosts), play.name) ?? [];
  const isMeant = matched.length > 0 || coming.tasks.length > 0;
  return { play, hosts, order, isMeant, addedBy: coming.tasks };
}

function hostsOf(
  { definition }: Play,
  inventory: InventoryView,
  mayCome: MayCome | undefined,
): readonly HostView[] {
  if (definition.applies?.(inventory) === false) return [];
  return inventory.match(parsePlayPattern(definition.hosts), mayCome);
}

/** Looked up once for all hosts of a play. */
function namesOfPatterns(
  inventory: InventoryView,
  mayCome: MayCome | undefined,
): PlayScope['hostsOf'] {
  const known = new Map<string, ReadonlySet<string>>();
  return (pattern) => {
    const found =
      known.get(pattern) ??
      new Set(inventory.match(parsePlayPattern(pattern), mayCome).map(({ name }) => name));
    known.set(pattern, found);
    return found;
  };
}
