/** The inventory as roles and the run see it: frozen, nothing of YAML left. */
import type { Place } from "../errors.ts";
import type { Connection } from "../transport/transport.ts";

/** A host with its merged variables. */
export interface HostView {
  readonly name: string;
  /** Groups of the host, `all` included, parents before children. */
  readonly groups: readonly string[];
  /** Merged by precedence, connection variables of both spellings left out. */
  readonly vars: Readonly<Record<string, unknown>>;
  /** The address other hosts use: variable `ip`, else the connection's host. */
  readonly address: string;
}

export interface InventoryView {
  readonly hosts: readonly HostView[];
  /** @throws InventoryError with "did you mean" */
  host(name: string): HostView;
  /** Hosts of a group in inventory order; an unknown group throws, an empty one does not. */
  group(name: string): readonly HostView[];
  has(group: string): boolean;
  /** First host of a group. @throws InventoryError when it is empty */
  first(group: string): HostView;
  /** Hosts of a pattern. @throws InventoryError */
  match(pattern: string): readonly HostView[];
}

/** The whole inventory as the engine holds it. */
export interface Inventory extends InventoryView {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  connection(host: string): Connection;
  /**
   * Where a host's variable was written, as deep as the path goes; undefined for `-e` and defaults.
   */
  placeOf(host: string, path: readonly PropertyKey[]): Place | undefined;
}
