/** When things changed that more than one host may have read (rule 11, what ends reading ahead). */

/** A point in the run: what was read before it may be another since, what was read from it on holds. */
export interface Moment {
  /** Changes on any host: what hosts share counts by these. */
  readonly changes: number;
  /** Actions that may have altered any host. */
  readonly reaches: number;
  /** Of those changes, the ones that may have altered files of the controller. */
  readonly files: number;
}

export class Clock {
  #now: Moment = { changes: 0, reaches: 0, files: 0 };

  get now(): Moment {
    return this.#now;
  }

  /** A change begins or has ended. */
  advance(of: { readonly everywhere: boolean; readonly files: boolean }): void {
    const { changes, reaches, files } = this.#now;
    this.#now = {
      changes: changes + 1,
      reaches: reaches + (of.everywhere ? 1 : 0),
      files: files + (of.everywhere || of.files ? 1 : 0),
    };
  }

  /** Time passed that all hosts waited for: what any of them has read may be another since. */
  elapsed(): void {
    this.#now = { ...this.#now, reaches: this.#now.reaches + 1 };
  }

  /** Time passed that the playbook asked for: files of the controller are looked at again too. */
  waited(): void {
    this.#now = { ...this.#now, files: this.#now.files + 1 };
  }
}
