/** Merges variables by precedence, once per set of groups and once per host. */
import type { Setting, Slot } from './connection-variables.ts';
import type { Layer, Layers } from './layers.ts';
import { groupLevels, hostLevels } from './precedence.ts';
import type { Variable } from './variable.ts';

export interface Merged {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly settings: ReadonlyMap<Slot, Setting>;
}

const listed: readonly Slot[] = ['sshArgs', 'sshCommonArgs', 'sshExtraArgs'];

export class VariableMerger {
  readonly #layers: Layers;
  readonly #ofGroups = new Map<string, Merged>();

  constructor(layers: Layers) {
    this.#layers = layers;
  }

  /** Everything that a host has; `groups` in order of precedence. */
  host(name: string, groups: readonly string[]): Merged {
    const base = this.#groups(groups);
    const own = hostLevels.map((level) => this.#layers.get(level, name));
    const given = [this.#layers.get('command line connection', ''), this.#layers.get('extra', '')];
    return merge(base, [...own, ...given]);
  }

  #groups(groups: readonly string[]): Merged {
    const key = groups.join('\0');
    const known = this.#ofGroups.get(key);
    if (known) return known;
    const layers = groupLevels.flatMap((level) =>
      groups.map((group) => this.#layers.get(level, group)),
    );
    const merged = merge({ variables: new Map(), settings: new Map() }, layers);
    this.#ofGroups.set(key, merged);
    return merged;
  }
}

function merge(base: Merged, layers: readonly (Layer | undefined)[]): Merged {
  const present = layers.filter((layer) => layer !== undefined);
  if (present.length === 0) return base;
  const variables = new Map(base.variables);
  const settings = new Map(base.settings);
  for (const layer of present) {
    for (const [name, variable] of layer.variables) variables.set(name, variable);
    // Ours replaces Ansible's three, which add up, and the other way round.
    if (layer.settings.has('sshArguments')) for (const slot of listed) settings.delete(slot);
    if (listed.some((slot) => layer.settings.has(slot))) settings.delete('sshArguments');
    for (const [slot, setting] of layer.settings) settings.set(slot, setting);
  }
  return { variables, settings };
}
