/** The inventory while it is being read: what the files say, before it is put in order. */
import { formatPlace, InventoryError, type Place, type PlayError } from '../errors.ts';
import { Layers } from './variables/layers.ts';
import type { Warning } from './variables/variable.ts';

export interface HostEntry {
  readonly name: string;
  /** Where it is named first; undefined for host lists of the command line. */
  readonly at: Place | undefined;
}

/** Whose folder of variables it is; the playbook's wins. */
export type Side = 'inventory' | 'playbook';

export interface GroupEntry {
  readonly name: string;
  /** Where it is named first; undefined until a file does. */
  at: Place | undefined;
  /** Groups inside it, and where it says so. */
  readonly children: Map<string, Place | undefined>;
  /** Hosts directly in it. */
  readonly hosts: Set<string>;
  priority: { readonly value: number; readonly at: Place | undefined } | undefined;
}

/** Hosts, groups, variables and mistakes of all files, in the order in which they were read. */
export class InventoryBuilder {
  readonly hosts = new Map<string, HostEntry>();
  readonly groups = new Map<string, GroupEntry>();
  readonly layers: Layers;
  /** Where `group_vars/` and `host_vars/` were looked for. */
  readonly variableFolders: { readonly directory: string; readonly side: Side }[] = [];
  readonly errors: PlayError[] = [];
  readonly warnings: Warning[] = [];

  constructor(layers = new Layers()) {
    this.layers = layers;
    this.group('all', undefined);
    this.group('ungrouped', undefined);
  }

  /** Another builder of the same, which can grow without this one. */
  copy(): InventoryBuilder {
    const copy = new InventoryBuilder(this.layers.copy());
    for (const [name, host] of this.hosts) copy.hosts.set(name, host);
    for (const [name, group] of this.groups) {
      const { children, hosts } = group;
      copy.groups.set(name, { ...group, children: new Map(children), hosts: new Set(hosts) });
    }
    copy.variableFolders.push(...this.variableFolders);
    copy.warnings.push(...this.warnings);
    return copy;
  }

  readonly report = (error: PlayError): void => {
    this.errors.push(error);
  };

  group(name: string, at: Place | undefined): GroupEntry {
    let group = this.groups.get(name);
    if (!group) {
      group = { name, at, children: new Map(), hosts: new Set(), priority: undefined };
      this.groups.set(name, group);
    }
    group.at ??= at;
    return group;
  }

  host(name: string, at: Place | undefined, group: GroupEntry): HostEntry {
    let host = this.hosts.get(name);
    if (!host) {
      host = { name, at };
      this.hosts.set(name, host);
    }
    group.hosts.add(name);
    return host;
  }

  /** Refuses names that are both a host's and a group's. */
  refuseSharedNames(): void {
    for (const [name, host] of this.hosts) {
      const group = this.groups.get(name);
      if (!group) continue;
      const places = [host.at, group.at]
        .filter((at) => at !== undefined)
        .map((at) => formatPlace(at));
      this.report(
        new InventoryError(`'${name}' is a host and a group`, {
          at: host.at ?? group.at,
          hint: `rename one of them: ${places.join(' and ')}`,
        }),
      );
    }
  }
}
