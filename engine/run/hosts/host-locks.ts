/**
 * Runs of one project see each other before they connect; those of other projects and controllers
 * meet on the host (`shell/host-lock.ts`). Two runs of one project that change the same hosts at
 * once would leave a mixture of both: a run that may change something holds a lock for each machine,
 * `.play/locks/<machine>`, from before it connects until it ends. The lock of a run that was killed
 * holds nobody up.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { LockedError } from '../../errors.ts';
import { targetOf } from '../../transport/target.ts';
import { isAlive, thisProcess, type ProcessName } from './living-process.ts';

/** Who holds a lock. */
export interface LockHolder extends ProcessName {
  readonly run: string;
  readonly user: string;
  readonly playbook: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** The machine that is locked. */
  readonly target: string;
}

/** What is locked for a host with that connection. */
export const machineOf = targetOf;

/** How often a waiting run looks again, in milliseconds. */
const again = 200;

export class HostLocks {
  readonly #folder: string;
  readonly #run: string;
  readonly #playbook: string;
  readonly #held = new Set<string>();
  /** Looked up once: a fleet has thousands of machines. */
  #self: (ProcessName & { readonly user: string }) | undefined;

  /**
   * @param base the project's `.play`
   * @param run id of this run
   * @param playbook as it was given, for whoever is held up
   */
  constructor(base: string, run: string, playbook: string) {
    this.#folder = join(base, 'locks');
    this.#run = run;
    this.#playbook = playbook;
  }

  /**
   * Locks all of the machines or none.
   * @param targets machines, as `machineOf` names them
   * @param wait seconds to wait for a run that holds one of them; 0: not at all
   * @param onWait told once whom it waits for
   * @throws LockedError that says who holds which machine since when; the file system's error
   */
  async take(
    targets: readonly string[],
    wait: number,
    onWait: (holder: LockHolder) => void,
    signal: AbortSignal,
  ): Promise<void> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const until = Date.now() + wait * 1000;
    // In one order everywhere: two runs that wait never wait for each other.
    for (const target of [...new Set(targets)].toSorted()) {
      for (let told = false; ; told = true) {
        const holder = this.#try(target);
        if (!holder) break;
        if (Date.now() >= until || signal.aborted) {
          this.release();
          throw lockedError(holder, wait);
        }
        if (!told) onWait(holder);
        await new Promise((resolve) => setTimeout(resolve, again));
      }
    }
  }

  release(): void {
    for (const path of this.#held) rmSync(path, { force: true });
    this.#held.clear();
  }

  /** @returns who holds it, when it is not this run now */
  #try(target: string): LockHolder | undefined {
    const name = sha256(target).slice(0, 32);
    const path = join(this.#folder, name);
    const own = join(this.#folder, `${name}.${this.#run}`);
    writeFileSync(own, JSON.stringify(this.#holder(target)), { mode: 0o600 });
    try {
      for (;;) {
        if (tryLink(own, path)) {
          this.#held.add(path);
          return undefined;
        }
        const holder = holderIn(path);
        if (holder && isAlive(holder)) return holder;
        takeAway(path, `${own}.over`, holder);
      }
    } finally {
      rmSync(own, { force: true });
    }
  }

  #holder(target: string): LockHolder {
    this.#self ??= { ...thisProcess(), user: userInfo().username };
    const [run, playbook] = [this.#run, this.#playbook];
    return { ...this.#self, run, playbook, since: Date.now(), target };
  }
}

/** A link is made whole or not at all: nobody sees a lock without its holder. */
function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The lock of a run that is over; should another run have taken it meanwhile, it gets it back. */
function takeAway(path: string, aside: string, over: LockHolder | undefined): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  if (holderIn(aside)?.run !== over?.run) tryLink(aside, path);
  rmSync(aside, { force: true });
}

/** Undefined where nobody holds it, or what stands there is no lock. */
function holderIn(path: string): LockHolder | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const isHolder = typeof parsed === 'object' && parsed !== null && 'pid' in parsed;
    return isHolder ? (parsed as LockHolder) : undefined;
  } catch {
    return undefined;
  }
}

function lockedError(holder: LockHolder, waited: number): LockedError {
  const also = waited > 0 ? `, after ${waited} s of waiting` : '';
  return new LockedError(
    `another run works on ${holder.target}: ${describeHolder(holder)}${also}`,
    {
      hint: 'let it finish, or wait with --wait-lock <seconds>; --check needs no lock',
    },
  );
}

/** `site.ts by ada since 10:31:07 (run 20261120-103107-3f9c, pid 4711)` */
export function describeHolder({ playbook, user, since, run, pid }: LockHolder): string {
  const time = new Date(since).toTimeString().slice(0, 8);
  return `${playbook} by ${user} since ${time} (run ${run}, pid ${pid})`;
}
