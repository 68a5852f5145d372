/**
 * Whether the controller of a run that holds a host is still there. It speaks to its sshd at least
 * every 15 seconds (`ServerAliveInterval`), and that process counts how often it woke up: whoever is
 * held up compares the counts. So it costs a run nothing that nobody waits for.
 */

/** Seconds without a sign of life: after as many that controller has given its connection up itself. */
export const longestSilence = 60;

interface Heard {
  readonly host: string;
  readonly beat: string;
  /** Milliseconds. */
  readonly since: number;
}

/** What this run has heard of those that hold its hosts. */
export class Silences {
  /** By host and session there. */
  readonly #heard = new Map<string, Heard>();

  /**
   * @param beat a process, its start, and a count; anything else where the host cannot tell
   * @returns seconds since this run saw the count change; undefined where the host cannot tell
   */
  hear(host: string, beat: string, now = performance.now()): number | undefined {
    const session = /^(\d+:\d+):\d+$/.exec(beat)?.[1];
    if (session === undefined) return undefined;
    const key = JSON.stringify([host, session]);
    const last = this.#heard.get(key);
    if (last?.beat === beat) return Math.floor((now - last.since) / 1000);
    this.#heard.set(key, { host, beat, since: now });
    return 0;
  }

  /** Last beats of controllers that are gone: a session may be ended while it has no other. */
  gone(host: string, now = performance.now()): readonly string[] {
    return Array.from(this.#heard.values())
      .filter((each) => each.host === host && now - each.since >= longestSilence * 1000)
      .map(({ beat }) => beat);
  }
}
