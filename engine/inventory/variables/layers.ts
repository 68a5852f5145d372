/** Variables by level and by the group or host that they belong to. */
import type { Setting, Slot } from '../connection/settings.ts';
import type { Level } from './precedence.ts';
import type { Variable } from './variable.ts';

/** All variables of one group or host at one level; the later file has replaced the earlier. */
export interface Layer {
  readonly level: Level;
  /** A group's or host's name; '' for the command line. */
  readonly entity: string;
  readonly variables: Map<string, Variable>;
  /** Connection variables, taken out of `variables` once everything is read. */
  readonly settings: Map<Slot, Setting>;
}

export class Layers {
  readonly #layers = new Map<string, Layer>();

  get(level: Level, entity: string): Layer | undefined {
    return this.#layers.get(`${level}\0${entity}`);
  }

  /** The layer, made when it is not there yet. */
  of(level: Level, entity: string): Layer {
    let layer = this.get(level, entity);
    if (!layer) {
      layer = { level, entity, variables: new Map(), settings: new Map() };
      this.#layers.set(`${level}\0${entity}`, layer);
    }
    return layer;
  }

  set(level: Level, entity: string, variable: Variable): void {
    this.of(level, entity).variables.set(variable.name, variable);
  }

  /** The same layers in a list of its own; layers that are in both stay as they are. */
  copy(): Layers {
    const copy = new Layers();
    for (const [key, layer] of this.#layers) copy.#layers.set(key, layer);
    return copy;
  }

  all(): Iterable<Layer> {
    return this.#layers.values();
  }
}
