/** Merges variables by precedence, once per set of groups and once per host. */
import type { Setting, Slot } from '../connection/settings.ts';
import type { Layer, Layers } from './layers.ts';
import { groupLevels, hostLevels } from './precedence.ts';
import type { Variable } from './variable.ts';

export interface Merged {
  find(name: string): Variable | undefined;
  /** Values by name, frozen. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly settings: ReadonlyMap<Slot, Setting>;
}

const nothing: Merged = { find: () => undefined, values: Object.freeze({}), settings: new Map() };

const listed: readonly Slot[] = ['sshArgs', 'sshCommonArgs', 'sshExtraArgs'];

export class VariableMerger {
  readonly #layers: Layers;
  readonly #ofGroups = new Map<string, Merged>();

  constructor(layers: Layers) {
    this.#layers = layers;
  }

  /** Everything that a host has; `groups` in order of precedence. */
  host(name: string, groups: readonly string[]): Merged {
    const own = hostLevels.map((level) => this.#layers.get(level, name));
    const given = [this.#layers.get('command line connection', ''), this.#layers.get('extra', '')];
    return merge(this.#groups(groups), [...own, ...given]);
  }

  #groups(groups: readonly string[]): Merged {
    const key = groups.join('\0');
    const known = this.#ofGroups.get(key);
    if (known) return known;
    const layers = groupLevels.flatMap((level) =>
      groups.map((group) => this.#layers.get(level, group)),
    );
    const merged = merge(nothing, layers);
    this.#ofGroups.set(key, merged);
    return merged;
  }
}

/** The layers over the base, which is shared: a host copies only the values, and in one go. */
function merge(base: Merged, layers: readonly (Layer | undefined)[]): Merged {
  const present = layers.filter((layer) => layer !== undefined);
  if (present.length === 0) return base;
  const own = new Map<string, Variable>();
  const settings = new Map(base.settings);
  for (const layer of present) {
    for (const [name, variable] of layer.variables) own.set(name, variable);
    // Ours replaces Ansible's three, which add up, and the other way round.
    if (layer.settings.has('sshArguments')) for (const slot of listed) settings.delete(slot);
    if (listed.some((slot) => layer.settings.has(slot))) settings.delete('sshArguments');
    for (const [slot, setting] of layer.settings) settings.set(slot, setting);
  }
  const values = { ...base.values };
  for (const [name, variable] of own) values[name] = variable.value;
  return {
    find: (name) => own.get(name) ?? base.find(name),
    values: Object.freeze(values),
    settings,
  };
}
