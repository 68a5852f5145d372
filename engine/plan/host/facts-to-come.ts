/**
 * Facts that no host has told yet (`gather: 'first'`): steps that are made before anything looks at
 * them are known before the run, the rest is known once the facts are there.
 */
import type { WithFacts } from '../../dsl/task.ts';

type Facts = WithFacts['facts'];

/** Ends the function that looks; not an Error, as a user's `catch` is to let it through. */
class LookedAtFacts {
  readonly why = 'facts are not known yet';
}

export class FactsToCome {
  /** Something was left out since it looked at them. */
  missed = false;
  #looked = false;
  readonly facts: Facts;

  constructor() {
    const look = (): never => {
      this.#looked = true;
      throw new LookedAtFacts();
    };
    this.facts = new Proxy<Facts>(Object.create(null) as Facts, {
      get: look,
      has: look,
      ownKeys: look,
      getOwnPropertyDescriptor: look,
      getPrototypeOf: look,
    });
  }

  /**
   * Does what may look at them.
   * @returns undefined where it did, whatever it made of that
   */
  unlessLooking<T>(body: () => T): { readonly value: T } | undefined {
    const before = this.#looked;
    this.#looked = false;
    let made: { readonly value: T } | undefined;
    let looked = false;
    try {
      made = { value: body() };
    } catch (error) {
      if (!this.#looked) throw error;
    } finally {
      looked = this.#looked;
      this.#looked = before;
    }
    if (!looked) return made;
    this.missed = true;
    return undefined;
  }

  /** Tries functions of the run, which look at them only there. */
  inRun<T>(body: () => T): T {
    const before = this.#looked;
    try {
      return body();
    } finally {
      this.#looked = before;
    }
  }
}
