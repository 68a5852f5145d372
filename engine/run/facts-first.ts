/** A play whose steps are made behind facts (`gather: 'first'`): it is planned when they are there. */
import {
  BecomeError,
  formatError,
  Interrupted,
  PlayError,
  StepError,
  UnreachableError,
} from '../errors.ts';
import type { Inventory } from '../inventory/view.ts';
import type { Facts } from '../module/facts.ts';
import type { HostPlan, PlayPlan } from '../plan/nodes.ts';
import type { RunEnvironment } from './environment.ts';
import { unlessInterrupted } from './pause.ts';
import { becomeFor } from './step/become.ts';

/**
 * Gathers the facts that steps wait for and plans the play with them. Who cannot be reached, or
 * says what no host says, keeps its place: it is out when its batch begins, like any other.
 * @returns undefined where the facts show a mistake, which is told
 * @throws Interrupted
 */
export async function planWithFacts(
  plan: PlayPlan,
  environment: RunEnvironment,
  isLost: (host: string) => boolean,
  replan: (plan: PlayPlan, inventory: Inventory) => Promise<PlayPlan>,
): Promise<PlayPlan | undefined> {
  const out = new Map<string, Error>();
  for (let now = plan; ;) {
    const waiting = now.hosts.filter(
      ({ host, awaitsFacts }) => awaitsFacts && !isLost(host) && !out.has(host),
    );
    if (waiting.length === 0) return { ...now, hosts: now.hosts.map((host) => marked(host, out)) };
    if (environment.options.soft.aborted) throw new Interrupted();
    const gathering = waiting.map(async ({ host }) => {
      const why = await gather(host, now, environment);
      if (why) out.set(host, why);
    });
    await unlessInterrupted(Promise.all(gathering), environment.options.soft);
    if (waiting.every(({ host }) => out.has(host))) continue;
    try {
      now = await replan(now, environment.inventory);
    } catch (error) {
      if (!(error instanceof PlayError)) throw error;
      const text = `play '${plan.play.name}' cannot be planned with the facts of its hosts: ${formatError(error)}`;
      environment.emit({ event: 'message', time: Date.now(), level: 'warning', text });
      return undefined;
    }
  }
}

const marked = (host: HostPlan, out: ReadonlyMap<string, Error>): HostPlan => {
  const unplanned = out.get(host.host);
  return unplanned ? { ...host, unplanned } : host;
};

/** @returns why the host is out */
async function gather(
  host: string,
  { play }: PlayPlan,
  environment: RunEnvironment,
): Promise<Error | undefined> {
  try {
    const { connection } = environment.link(host);
    // With the user of its steps, so that they need no further session.
    const own = play.definition.become === true ? becomeFor(true, connection) : connection.become;
    await environment.gatherFacts(host, own).catch((error: unknown) => {
      if (!(error instanceof BecomeError)) throw error;
      return environment.gatherFacts(host);
    });
    const { facts } = environment.link(host);
    const strange = facts && leadingUp(facts);
    if (strange === undefined) return undefined;
    return new StepError(`${host} says ${strange} of itself, which is no fact but a way up`);
  } catch (error) {
    if (error instanceof UnreachableError || error instanceof StepError) return error;
    throw error;
  }
}

/** Those of a host for its steps, if they are known and lead nowhere. */
export function factsForSteps(environment: RunEnvironment, host: string): Facts | undefined {
  const facts = environment.known(host)?.facts;
  return facts && leadingUp(facts) === undefined ? facts : undefined;
}

/**
 * Facts become parts of names of local files, which may not lead up (rule 35, what a host names).
 * @returns the text or key of which a part consists of dots
 */
function leadingUp(facts: Facts): string | undefined {
  const texts = (value: unknown): readonly string[] => {
    if (typeof value === 'string') return [value];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) => [key, ...texts(inner)]);
  };
  const found = texts(facts).find((text) => text.split('/').some((part) => /^\.+$/.test(part)));
  return found === undefined ? undefined : JSON.stringify(found);
}
