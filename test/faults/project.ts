/** A project of its own in a temporary folder, and real processes of `play` in it. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Event } from '../../engine/report/events.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'bin', 'play.js');

/** Runs words where the lock of this machine is nobody else's; the process stays the same one. */
const aloneScript = `[ "$1" = - ] || exec unshare --mount --propagation private sh "$0" - "$@"
shift
mkdir -p /run/tsplay && mount -t tmpfs -o mode=0755 tmpfs /run/tsplay && exec "$@"
`;

export interface Ended {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the text came on stdout; rejects when it ended without it. */
  says(text: string | RegExp): Promise<void>;
}

export interface PlaySettings {
  readonly env?: Readonly<Record<string, string>>;
}

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'tsplay-fault-'));

  readonly #alone: boolean;

  /** @param alone for runs on this machine itself that go on beside others: see `aloneScript` */
  constructor(files: Readonly<Record<string, string | Buffer>> = {}, { alone = false } = {}) {
    this.#alone = alone;
    if (alone) this.write('alone.sh', aloneScript);
    mkdirSync(this.path('node_modules'));
    symlinkSync(root, this.path('node_modules', 'tsplay'));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  write(name: string, text: string | Buffer): void {
    mkdirSync(join(this.path(name), '..'), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Argv and options of a run of site.ts with hosts.yaml, for who starts it in another way. */
  command(...flags: readonly string[]): readonly string[] {
    const play = [process.execPath, program, 'site.ts', '-i', 'hosts.yaml', ...flags];
    return this.#alone ? ['sh', this.path('alone.sh'), ...play] : play;
  }

  start(flags: readonly string[] = [], { env = {} }: PlaySettings = {}): Running {
    return running(this.command(...flags), this.folder, env);
  }

  play(flags: readonly string[] = [], settings: PlaySettings = {}): Promise<Ended> {
    return this.start(flags, settings).ended;
  }

  /** Events of the newest journal. */
  journal(): readonly Event[] {
    const runs = this.path('.play', 'runs');
    const newest = readdirSync(runs).toSorted().at(-1) ?? '';
    const lines = readFileSync(join(runs, newest), 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Event);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** Starts any program and keeps what it says. */
export function running(
  [command = '', ...argv]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(command, argv, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (chunk: Buffer) => {
      said[stream] += chunk.toString();
      for (const listener of listeners) listener();
    });
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, ...said })),
  );
  return {
    child,
    ended,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (said.stdout.search(text) < 0) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void ended.then(({ stdout, stderr }) =>
          reject(new Error(`it ended before it said ${String(text)}:\n${stdout}${stderr}`)),
        );
      }),
  };
}
