/** Which lines of running steps a person gets: output while it runs, or that it still runs. */
import { duration } from './layout.ts';
import type { ShownEvent } from './shown.ts';

type Of<K extends ShownEvent['event']> = Extract<ShownEvent, { event: K }>;

/** More hosts than this would only drown each other out: their output comes with `-v`. */
const hostsAtOnce = 5;
/** Hosts that a line names. */
const named = 3;

export class LiveLines {
  readonly #watched: boolean;
  readonly #verbose: boolean;
  #many = false;
  /** Hosts that said something since they were told of. */
  readonly #heard = new Set<string>();

  /** @param watched a person looks at a terminal */
  constructor(watched: boolean, verbose: boolean) {
    this.#watched = watched;
    this.#verbose = verbose;
  }

  playStarts({ hosts }: Of<'play-start'>): void {
    this.#many = hosts.length > hostsAtOnce;
    this.#heard.clear();
  }

  /** Whether its lines are shown. */
  isShown({ step }: Of<'step-output'>): boolean {
    if (!this.#verbose && (this.#many || !this.#watched)) return false;
    this.#heard.add(step.host);
    return true;
  }

  /** `n1, n2 and 4 more: still running 'etcd/defrag' (1 min 20 s)`; undefined where they speak. */
  stillRunning({ hosts, took }: Of<'step-running'>, name: string): string | undefined {
    const silent = hosts.filter((host) => !this.#heard.delete(host));
    if (silent.length === 0 || !(this.#watched || this.#verbose)) return undefined;
    const more = silent.length - named;
    const who =
      more > 0 ? `${silent.slice(0, named).join(', ')} and ${more} more` : silent.join(', ');
    return `${who}: still running '${name}' (${duration(took)})`;
  }
}
