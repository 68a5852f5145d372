/** The inventory in order: views of hosts, merged when they are first looked at. */
import { didYouMeanHint } from '../did-you-mean.ts';
import { InventoryError, type Place } from '../errors.ts';
import type { Connection } from '../transport/transport.ts';
import type { Addition } from './addition.ts';
import { connectionOf } from './connection/connection.ts';
import { isConnectionVariable } from './connection/variables.ts';
import type { InventoryBuilder } from './builder.ts';
import { extendedDraft } from './extend.ts';
import { resolveGroups, type Grouping } from './groups.ts';
import { matchPattern, type MayCome } from './pattern/match.ts';
import { VariableMerger, type Merged } from './variables/merge.ts';
import type { Pattern } from './pattern/pattern.ts';
import { placeOfVariable, type Variable } from './variables/variable.ts';
import type { HostView, Inventory, NamedVariable, WrittenValue } from './view.ts';

/** The host that patterns may name although no file does: the controller itself. */
export const localhost = 'localhost';

interface Resolved {
  readonly view: HostView;
  readonly merged: () => Merged;
  readonly connection: () => Connection;
}

export class ResolvedInventory implements Inventory {
  readonly #builder: InventoryBuilder;
  readonly #grouping: Grouping;
  readonly #merger: VariableMerger;
  readonly #hosts = new Map<string, Resolved>();
  readonly hosts: readonly HostView[];

  constructor(builder: InventoryBuilder, grouping: Grouping) {
    this.#builder = builder;
    this.#grouping = grouping;
    this.#merger = new VariableMerger(builder.layers);
    this.hosts = Object.freeze([...builder.hosts.keys()].map((name) => this.host(name)));
  }

  get groups(): ReadonlyMap<string, readonly string[]> {
    return this.#grouping.hosts;
  }

  get warnings() {
    return this.#builder.warnings;
  }

  host(name: string): HostView {
    return this.#resolved(name).view;
  }

  group(name: string): readonly HostView[] {
    const hosts = this.groups.get(name);
    if (!hosts) {
      throw new InventoryError(`no group '${name}' in the inventory`, {
        hint: didYouMeanHint(name, this.groups.keys()) ?? `write '${name}:' into it, if empty`,
      });
    }
    return hosts.map((host) => this.host(host));
  }

  has(group: string): boolean {
    return this.groups.has(group);
  }

  first(group: string): HostView {
    const [first] = this.group(group);
    if (first) return first;
    const at = this.#builder.groups.get(group)?.at;
    throw new InventoryError(`the group '${group}' has no hosts`, { at });
  }

  match(pattern: string | Pattern, mayCome?: MayCome): readonly HostView[] {
    const names = matchPattern(pattern, {
      hosts: [...this.#builder.hosts.keys()],
      groups: this.groups,
      hasHost: (name) => name === localhost || this.#builder.hosts.has(name),
      mayCome,
    });
    return names.map((name) => this.host(name));
  }

  connection(host: string): Connection {
    return this.#resolved(host).connection();
  }

  placeOf(host: string, path: readonly PropertyKey[]): Place | undefined {
    if (path.length === 0) return this.#builder.hosts.get(host)?.at;
    return this.written(host, path)?.at;
  }

  written(host: string, path: readonly PropertyKey[]): WrittenValue | undefined {
    const [name, ...inside] = path;
    const variable = this.#variable(host, String(name));
    if (!variable) return undefined;
    const located = variable.written?.locate(inside);
    return {
      path: variable.path,
      at: located?.at,
      depth: 1 + (located?.depth ?? depthOf(variable.value, inside)),
      plain: located?.plain,
    };
  }

  childrenOf(group: string): readonly string[] {
    return this.#grouping.children.get(group) ?? [];
  }

  get variables(): readonly NamedVariable[] {
    const named: NamedVariable[] = [];
    for (const layer of this.#builder.layers.all()) {
      for (const variable of layer.variables.values()) {
        const { name, path } = variable;
        const extra = layer.level === 'extra';
        named.push({ name, path, at: placeOfVariable(variable), extra });
      }
    }
    return named;
  }

  isExtra(name: string): boolean {
    return this.#builder.layers.get('extra', '')?.variables.has(name) ?? false;
  }

  async extended(additions: readonly Addition[]): Promise<Inventory> {
    const builder = await extendedDraft(this.#builder, additions);
    return new ResolvedInventory(builder, resolveGroups(builder));
  }

  #variable(host: string, name: string): Variable | undefined {
    const merged = this.#resolved(host).merged();
    if (!isConnectionVariable(name)) return merged.find(name);
    for (const { variable } of merged.settings.values()) {
      if (variable.name === name) return variable;
    }
    return undefined;
  }

  #resolved(name: string): Resolved {
    let host = this.#hosts.get(name);
    if (!host) {
      const groups = this.#grouping.groupsOf.get(name);
      if (!groups && name !== localhost) throw this.#unknown(name);
      host = this.#resolve(name, groups ?? Object.freeze(['all']), !groups);
      this.#hosts.set(name, host);
    }
    return host;
  }

  #resolve(name: string, groups: readonly string[], isImplicit: boolean): Resolved {
    const merged = once(() => this.#merger.host(name, groups));
    const connection = once(() => {
      const found = connectionOf(name, merged().settings);
      return isImplicit ? Object.freeze({ ...found, transport: 'local' as const }) : found;
    });
    const view: HostView = Object.freeze({
      name,
      groups,
      get vars() {
        return merged().values;
      },
      get address() {
        const { ip } = merged().values;
        return typeof ip === 'string' ? ip : connection().host;
      },
    });
    return { view, merged, connection };
  }

  #unknown(name: string): InventoryError {
    const hint =
      didYouMeanHint(name, this.#builder.hosts.keys()) ?? 'play inventory --graph shows the hosts';
    return new InventoryError(`no host '${name}' in the inventory`, { hint });
  }
}

/** The body's value, computed when it is first asked for. */
function once<T>(body: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => (found ??= { value: body() }).value;
}

/** How many steps of a path exist in a value that no file holds. */
function depthOf(value: unknown, path: readonly PropertyKey[]): number {
  let depth = 0;
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) break;
    here = (here as Record<PropertyKey, unknown>)[step];
    depth++;
  }
  return depth;
}
