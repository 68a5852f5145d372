/** The cluster that a role's host belongs to, made once for all of its hosts. */
import { ManyErrors, PlaybookError, type Context, type InventoryView } from 'tsplay';
import { describeCluster, type Cluster } from './describe.ts';
import { fleetMistakes } from './refuse-fleet.ts';
import { clusterFields, type ClusterVariables } from './variables.ts';

const ofCluster = clusterFields.keyof().options.filter((name) => name !== 'nodeName');

/** A cluster is the same for all its hosts; with a thousand of them it is made once. */
const made = new WeakMap<InventoryView, Map<string, Cluster>>();

/** What a role or play has: its own context, with the variables of the cluster among its own. */
export type ClusterContext = Pick<Context<ClusterVariables>, 'inventory' | 'vars'>;

/**
 * The cluster that the variables of a host describe, for `uses` of a role.
 * @throws ManyErrors with every mistake that hosts show together, PlaybookError where it is one
 */
export function clusterOf({ inventory, vars }: ClusterContext): Cluster {
  const known = made.get(inventory) ?? new Map<string, Cluster>();
  made.set(inventory, known);
  // A role's own variables are no part of it: they may be secret, and differ from role to role.
  const key = JSON.stringify(ofCluster.map((name) => vars[name]));
  const found = known.get(key);
  if (found) return found;
  const cluster = describeCluster(inventory, vars);
  const mistakes = [...fleetMistakes(cluster, inventory, vars)].map(
    ({ message, hint }) => new PlaybookError(`cluster: ${message}`, { hint }),
  );
  if (mistakes.length === 1 && mistakes[0]) throw mistakes[0];
  if (mistakes.length > 1) throw new ManyErrors(mistakes);
  known.set(key, cluster);
  return cluster;
}
