/** Gathers what a run adds to the inventory; what cannot be added is refused where it is said. */
import { isDeepStrictEqual } from 'node:util';
import { InventoryError } from '../errors.ts';
import type { Addition } from './addition.ts';
import { takeSettings } from './connection/variables.ts';
import { InventoryBuilder } from './builder.ts';
import { checkName } from './pattern/names.ts';
import type { Inventory } from './view.ts';

/** Every host is in these as it is. */
const implicit = ['all', 'ungrouped'];

export class Additions {
  readonly #inventory: Inventory;
  readonly #hosts: ReadonlySet<string>;
  readonly #list: { readonly by: string; readonly addition: Addition }[] = [];
  readonly #groups = new Set<string>();
  readonly #children = new Map<string, Set<string>>();
  readonly #vars = new Map<string, Map<string, unknown>>();

  /** @param inventory as the files say it */
  constructor(inventory: Inventory) {
    this.#inventory = inventory;
    this.#hosts = new Set(inventory.hosts.map(({ name }) => name));
  }

  /** How many there are. */
  get count(): number {
    return this.#list.length;
  }

  /**
   * @param by host whose step adds it
   * @throws InventoryError
   */
  add(by: string, addition: Addition): void {
    this.#checkNames(addition);
    this.#checkVariables(addition);
    for (const parent of addition.parents) {
      for (const group of addition.groups) this.#hold(parent, group);
    }
    for (const name of [...addition.groups, ...addition.parents]) this.#groups.add(name);
    const known = this.#vars.get(addition.host) ?? new Map<string, unknown>();
    for (const [name, value] of Object.entries(addition.vars)) known.set(name, value);
    this.#vars.set(addition.host, known);
    this.#list.push({ by, addition });
  }

  /** All of them; hosts work at the same time, so their order is that of the inventory. */
  get all(): readonly Addition[] {
    const place = new Map([...this.#hosts].map((name, index) => [name, index]));
    const rank = (by: string): number => place.get(by) ?? place.size;
    return this.#list
      .toSorted((a, b) => rank(a.by) - rank(b.by) || (a.by < b.by ? -1 : Number(a.by > b.by)))
      .map(({ addition }) => addition);
  }

  #checkNames({ host, groups, parents }: Addition): void {
    checkName('host', host);
    if (host === 'localhost' && !this.#hosts.has(host)) {
      throw new InventoryError('localhost exists without being added', {
        hint: 'write it into the inventory to put it into groups',
      });
    }
    for (const name of [...groups, ...parents]) {
      checkName('group', name);
      if (implicit.includes(name)) throw new InventoryError(`nothing is put into '${name}'`);
      if (name === host || this.#hosts.has(name) || this.#vars.has(name)) throw shared(name);
    }
    if (this.#inventory.has(host) || this.#groups.has(host)) throw shared(host);
  }

  #checkVariables({ host, vars }: Addition): void {
    const [first] = Object.keys(vars);
    if (first !== undefined && this.#hosts.has(host)) {
      throw new InventoryError(`${host} is in the inventory, so its '${first}' is not added`, {
        hint: 'write variables of known hosts into the inventory; addHost may add groups to them',
      });
    }
    for (const [name, value] of Object.entries(vars)) {
      const known = this.#vars.get(host);
      if (!known?.has(name) || isDeepStrictEqual(known.get(name), value)) continue;
      throw new InventoryError(`${host} was added with another '${name}'`, {
        hint: 'hosts run at the same time, so neither value can win: set it once',
      });
    }
    const builder = new InventoryBuilder();
    for (const [name, value] of Object.entries(vars)) {
      builder.layers.set('added hosts', host, { name, value, path: name, written: undefined });
    }
    takeSettings(builder.layers.of('added hosts', host), builder);
    const [error] = builder.errors;
    if (error) throw error;
  }

  #hold(parent: string, group: string): void {
    if (parent === group || this.#holds(group, parent)) {
      throw new InventoryError(`'${group}' cannot be inside '${parent}', which is inside it`);
    }
    const children = this.#children.get(parent) ?? new Set();
    this.#children.set(parent, children.add(group));
  }

  #holds(group: string, wanted: string): boolean {
    const children = [...this.#inventory.childrenOf(group), ...(this.#children.get(group) ?? [])];
    return children.some((child) => child === wanted || this.#holds(child, wanted));
  }
}

const shared = (name: string): InventoryError =>
  new InventoryError(`'${name}' would be a host and a group`, { hint: 'rename one of them' });
