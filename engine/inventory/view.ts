/** The inventory as roles and the run see it: frozen, nothing of YAML left. */
import type { Place } from '../errors.ts';
import type { Connection } from '../transport/transport.ts';
import type { Addition } from './addition.ts';
import type { MayCome } from './pattern/match.ts';
import type { Pattern } from './pattern/pattern.ts';
import type { Warning } from './variables/variable.ts';

/** A host with its merged variables. */
export interface HostView {
  /** Inventory name. */
  readonly name: string;
  /** Groups of the host, `all` included, parents before children. */
  readonly groups: readonly string[];
  /** Merged by precedence, connection variables of both spellings left out. */
  readonly vars: Readonly<Record<string, unknown>>;
  /** The address other hosts use: variable `ip`, else the connection's host. */
  readonly address: string;
}

/** The inventory as roles see it: hosts, groups and patterns. */
export interface InventoryView {
  /** All hosts, in inventory order. */
  readonly hosts: readonly HostView[];
  /** @throws InventoryError with "did you mean" */
  host(name: string): HostView;
  /** Hosts of a group in inventory order; an unknown group throws, an empty one does not. */
  group(name: string): readonly HostView[];
  /** Whether there is such a group; it may be empty. */
  has(group: string): boolean;
  /** First host of a group. @throws InventoryError when it is empty */
  first(group: string): HostView;
  /**
   * Hosts of a pattern; names that may come while the run goes on match nothing yet.
   * @throws InventoryError
   */
  match(pattern: string | Pattern, mayCome?: MayCome): readonly HostView[];
}

/** A variable's value as the files have it, for errors about it. */
export interface WrittenValue {
  /** `all.vars.tls`, `web.hosts.w1.port`, `version (-e)`: the variable that won. */
  readonly path: string;
  /** As deep as the path exists; undefined for the command line. */
  readonly at: Place | undefined;
  /** How many steps of the path exist, the variable itself included. */
  readonly depth: number;
  /** The characters of a scalar without quotes: `0644`, `1.30`, `yes`. */
  readonly plain: string | undefined;
}

/** A variable anywhere in the inventory, whether it wins for a host or not. */
export interface NamedVariable {
  readonly name: string;
  readonly path: string;
  readonly at: Place | undefined;
  /** Of `-e`. */
  readonly extra: boolean;
}

/** The whole inventory as the engine holds it. */
export interface Inventory extends InventoryView {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  connection(host: string): Connection;
  /**
   * Where a host's variable was written, as deep as the path goes; undefined for `-e` and
   * defaults. An empty path: the host itself.
   */
  placeOf(host: string, path: readonly PropertyKey[]): Place | undefined;
  /** How a host's variable was written; undefined when the host does not have it. */
  written(host: string, path: readonly PropertyKey[]): WrittenValue | undefined;
  /** Groups directly inside a group. */
  childrenOf(group: string): readonly string[];
  /** Every variable of every file and of `-e`, connection variables left out. */
  readonly variables: readonly NamedVariable[];
  /** Whether `-e` says it, which wins over all others. */
  isExtra(name: string): boolean;
  /** What is not wrong but not as it seems: variables without effect, names near a known one. */
  readonly warnings: readonly Warning[];
  /** What the files say and these additions. @throws InventoryError or ManyErrors */
  extended(additions: readonly Addition[]): Promise<Inventory>;
}
