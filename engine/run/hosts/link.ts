/** One host of the run: its connection, what is known of it, and its facts. */
import pLimit, { type LimitFunction } from 'p-limit';
import { DistrustedError, HeldError, Interrupted, UnreachableError } from '../../errors.ts';
import type { Facts } from '../../module/facts.ts';
import {
  sumOf,
  type Counters,
  type Reply,
  type Request,
  type Session,
} from '../../shell/session/session.ts';
import type { HostConnection } from '../../shell/session/host-connection.ts';
import type { Become, Connection } from '../../transport/transport.ts';
import type { HostState } from '../state/host-state.ts';
import type { OpenLinks } from './open-links.ts';
import { pause } from '../pause.ts';

/** The connection was lost in the middle and is there again: what was under way is to be redone. */
export class ConnectionLost extends Error {}

/** Opens the connection of the host with that inventory name. */
export type OpenHost = (connection: Connection, name: string) => HostConnection;

export interface LinkLimits {
  /** Remote operations at once over all hosts (`--forks`). */
  readonly forks: LimitFunction;
  /** Steps that carry streams at once. */
  readonly uploads: LimitFunction;
  /** Ends what the link waits for. */
  readonly signal: AbortSignal;
  readonly open: OpenLinks;
  /** Aborted by the first Ctrl-C: reads have to end soon, and nothing is connected to any more. */
  readonly soft: AbortSignal;
  /** Seconds for which a host that another run holds is waited for. */
  readonly waitLock: number;
  /** Told once for a wait. */
  readonly onHeld: (host: string, error: HeldError) => void;
  /** But for what a host still does to leave its blocks. */
  readonly cleaning: () => boolean;
}

interface EarlySession {
  readonly become: Become | undefined;
  readonly session: Promise<Session>;
}

/** Seconds between two looks at a host that another run holds. */
const heldPause = 1;
/** Further tries to connect after a loss, with the pause before each in seconds. */
const reconnectPauses = [0.2, 1, 3];
/** Milliseconds for which a host that could not be reached is not tried again by itself. */
const lostFor = 2000;

const loopback: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** Whether it leads to this machine itself. */
export const isController = ({ transport, host, proxyJump }: Connection): boolean =>
  transport === 'local' || (loopback.includes(host) && proxyJump === undefined);

export class HostLink {
  readonly name: string;
  readonly connection: Connection;
  readonly state: HostState;
  /** One plan-and-apply at a time on this host, whoever delegates to it. */
  get exclusive(): LimitFunction {
    return this.state.exclusive;
  }
  facts: Facts | undefined;
  /** Undefined until tried. */
  reachable: boolean | undefined;
  readonly #open: OpenHost;
  readonly #limits: LinkLimits;
  readonly #sessions = new Set<Session>();
  /** Two that ask at once for the same session get one. */
  readonly #opening = pLimit(1);
  #host: HostConnection | undefined;
  #early: EarlySession | undefined;
  #loss: { readonly error: UnreachableError; readonly at: number } | undefined;
  /** Ends when what was closed has left the host: the next connection uses the same folder there. */
  #closing: Promise<unknown> = Promise.resolve();
  #exchanges = 0;
  connections = 0;
  /** Users whom check could not become before a planned step is done. */
  readonly barred = new Set<string>();
  /**
   * Ids of reads that took too long ahead of their turn: they wait for it (rule 12, queries ahead
   * of their turn).
   */
  readonly slow = new Set<string>();

  constructor(
    name: string,
    connection: Connection,
    state: HostState,
    open: OpenHost,
    limits: LinkLimits,
  ) {
    this.name = name;
    this.connection = connection;
    this.state = state;
    this.#open = open;
    this.#limits = limits;
  }

  /**
   * Sends requests in one write and waits for all replies.
   * @throws UnreachableError when the host cannot be reached; ConnectionLost when it was lost and
   * is connected again
   */
  async exchange(become: Become | undefined, requests: readonly Request[]): Promise<Reply[]> {
    const streams = requests.some((each) => each.kind === 'step' && each.script.streams.length > 0);
    const limited = (): Promise<Reply[]> => this.#limits.forks(() => this.#send(become, requests));
    this.#exchanges += 1;
    try {
      return await this.#onceFree(() => (streams ? this.#limits.uploads(limited) : limited()));
    } finally {
      this.#exchanges -= 1;
    }
  }

  /** Nothing was done on a host that another run holds: it is all sent again. @throws HeldError */
  async #onceFree<T>(work: () => Promise<T>): Promise<T> {
    const until = Date.now() + this.#limits.waitLock * 1000;
    for (let told = false; ; told = true) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof HeldError)) throw error;
        if (Date.now() >= until) {
          this.reachable = false;
          throw error;
        }
        if (!told) this.#limits.onHeld(this.name, error);
        await this.#unlessEnded(pause(heldPause, this.#limits.signal));
      }
    }
  }

  /** What changes there changes files of the controller. */
  get isController(): boolean {
    return isController(this.connection);
  }

  /** Nothing is under way: it may be closed, and is opened again when it is needed. */
  get idle(): boolean {
    return this.#exchanges === 0 && this.exclusive.activeCount === 0 && !this.#early;
  }

  async #send(become: Become | undefined, requests: readonly Request[]): Promise<Reply[]> {
    const session = await this.#unlessEnded(this.session(become));
    const settled = await Promise.allSettled(session.exchange(requests));
    const lost = settled.find((each) => each.status === 'rejected');
    if (!lost) return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    if (!(lost.reason instanceof UnreachableError)) throw lost.reason;
    const onlyReads = requests.every(({ kind }) => kind === 'read');
    if (this.#ended && onlyReads) throw new Interrupted();
    if (lost.reason instanceof HeldError) {
      await this.#drop();
      throw lost.reason;
    }
    if (lost.reason instanceof DistrustedError) return this.#giveUp(lost.reason);
    await this.reconnect(become, lost.reason);
    throw new ConnectionLost(lost.reason.message);
  }

  /** The person ended the run, and no host has anything left to put right. */
  get #ended(): boolean {
    return this.#limits.soft.aborted && !this.#limits.cleaning();
  }

  /** @throws Interrupted when the run ends before the work is done */
  #unlessEnded<T>(work: Promise<T>): Promise<T> {
    const { soft } = this.#limits;
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        if (this.#ended) reject(new Interrupted());
      };
      aborted();
      soft.addEventListener('abort', aborted, { once: true });
      work.then(resolve, reject).finally(() => soft.removeEventListener('abort', aborted));
    });
  }

  async #giveUp(because: DistrustedError): Promise<never> {
    await this.#drop();
    this.reachable = false;
    throw because;
  }

  /**
   * Connects ahead of the first exchange, while what it asks is still made ready. That exchange
   * takes the session, or the error, over.
   */
  connectEarly(become: Become | undefined): void {
    if (this.#early || this.#host) return;
    const session = this.#connect(become);
    session.catch(() => undefined);
    this.#early = { become, session };
  }

  /** The session as that user, opened when first asked for. @throws UnreachableError */
  session(become: Become | undefined): Promise<Session> {
    const early = this.#early;
    this.#early = undefined;
    if (early && sameUser(early.become, become)) return early.session;
    const loss = this.#loss;
    if (loss && Date.now() - loss.at < lostFor) return Promise.reject(loss.error);
    return this.#connect(become);
  }

  /** Something was done since the host was lost: it may be there again. */
  mayBeBack(): void {
    this.#loss = undefined;
  }

  async #connect(become: Become | undefined): Promise<Session> {
    await this.#closing;
    this.#limits.open.used(this);
    const host = (this.#host ??= this.#open(this.connection, this.name));
    try {
      const session = await this.#opening(() => host.session(become));
      if (!this.#sessions.has(session)) {
        this.#sessions.add(session);
        this.connections += 1;
      }
      if (this.#limits.soft.aborted) session.hurry();
      this.reachable = true;
      this.#loss = undefined;
      return session;
    } catch (error) {
      if (error instanceof UnreachableError) this.#loss = { error, at: Date.now() };
      this.reachable ??= false;
      throw error;
    }
  }

  /** @throws UnreachableError, the first one, when the host stays away */
  async reconnect(become: Become | undefined, because: UnreachableError): Promise<void> {
    await this.#drop();
    for (const seconds of reconnectPauses) {
      await pause(seconds, this.#limits.signal);
      try {
        await this.#connect(become);
        return;
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
        await this.#drop();
      }
    }
    this.reachable = false;
    throw because;
  }

  async #drop(): Promise<void> {
    const host = this.#host;
    this.#host = undefined;
    this.state.lost();
    await host?.close().catch(() => undefined);
  }

  /** What only reads has to end soon. */
  hurry(): void {
    for (const session of this.#sessions) session.hurry();
  }

  /** Ends whatever runs on the host. */
  cancel(): void {
    for (const session of this.#sessions) session.cancel();
  }

  /** It is opened again should somebody need it. */
  async close(): Promise<void> {
    const host = this.#host;
    this.#host = undefined;
    this.#early = undefined;
    this.#limits.open.closed(this);
    if (host) this.#closing = host.close().catch(() => undefined);
    await this.#closing;
  }

  get counters(): Counters {
    return sumOf(Array.from(this.#sessions, (session) => session.counters));
  }
}

const sameUser = (one: Become | undefined, other: Become | undefined): boolean =>
  one?.user === other?.user && one?.method === other?.method;
