/** Runs the `play` command as a person does, and tells what its events say. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../lab/kubernetes/cache.ts';
import type { Event, HostRecap, Outcome } from '../../engine/report/events.ts';

type StepEnd = Extract<Event, { event: 'step-end' }>;

export interface PlayRun {
  readonly exitCode: number | null;
  readonly events: readonly Event[];
  readonly ends: readonly StepEnd[];
  readonly stderr: string;
  readonly recap: Readonly<Record<string, HostRecap>>;
  /** `host step` of all steps that ended so, sorted; `step` is `play/role/name`. */
  of(outcome: Outcome): readonly string[];
}

export interface PlayOptions {
  /** Holds the cache too, unless `env` says otherwise: no test knows what another learned. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each event while the command runs. */
  readonly onEvent?: (event: Event, child: ChildProcess) => void;
}

const program = fileURLToPath(new URL('../../bin/play.js', import.meta.url));

/** A cache for what is learned and downloaded; what is built for the lab is everybody's. */
async function ownCache(cwd: string): Promise<Readonly<Record<string, string>>> {
  const folder = join(cwd, '.cache');
  await mkdir(folder, { recursive: true });
  for (const built of ['go', 'kubernetes', 'images']) {
    const shared = join(cacheFolder(), built);
    await mkdir(shared, { recursive: true });
    await symlink(shared, join(folder, built)).catch(() => undefined);
  }
  return { TSPLAY_CACHE: folder };
}

/** @param argv what follows `play`; `--output json` is added */
export async function runPlay(argv: readonly string[], options: PlayOptions): Promise<PlayRun> {
  const child = spawn(process.execPath, [program, ...argv, '--output', 'json'], {
    cwd: options.cwd,
    env: { ...process.env, ...(await ownCache(options.cwd)), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const events: Event[] = [];
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as Event;
    events.push(event);
    options.onEvent?.(event, child);
  });
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const ends = events.filter((event) => event.event === 'step-end');
  const last = events.findLast((event) => event.event === 'run-end');
  return {
    exitCode,
    events,
    ends,
    stderr,
    recap: last?.recap ?? {},
    of: (outcome) =>
      ends
        .filter((end) => end.outcome === outcome)
        .map(({ step }) => `${step.host} ${step.id}`)
        .toSorted(),
  };
}

/** Plain output of a command that lists or refuses. */
export async function playText(
  argv: readonly string[],
  { cwd, env }: PlayOptions,
): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [program, ...argv], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...(await ownCache(cwd)), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const read = async (stream: NodeJS.ReadableStream): Promise<string> => {
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    return text;
  };
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)]);
  return { exitCode: await code, stdout, stderr };
}
