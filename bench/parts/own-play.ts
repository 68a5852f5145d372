/** Runs small playbooks of the bench's own on fake hosts, shells of this machine, and says what runs counted. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { HostCounters } from '../../engine/report/events.ts';
import { watchProgram } from '../memory.ts';
import { measured } from '../program.ts';

/** The program of this checkout. */
export const ownProgram = fileURLToPath(new URL('../../bin/play.js', import.meta.url));

export interface CountedRun {
  /** Seconds of the whole command, the start of the program included. */
  readonly wall: number;
  /** Milliseconds of the controller's processor time, from the run's start to its end. */
  readonly controllerCpu: number;
  /** Bytes of the controller alone at its peak; 0 where nobody watched. */
  readonly memory: number;
  /** Of each host. */
  readonly counters: Readonly<Record<string, HostCounters>>;
}

interface RunEnd {
  readonly controllerCpu: number;
  readonly recap: Readonly<Record<string, { readonly counters: HostCounters }>>;
}

/** How often the playbook is run, with what and on whom. */
export interface OwnPlay {
  /** `bin/play.js` of this or another checkout. */
  readonly program: string;
  /** Makes the playbook's text. @param folder empty, for what the hosts keep */
  readonly source: (folder: string) => string;
  readonly hosts: number;
  readonly runs: number;
  /** Whether to watch the memory, which takes a little time itself. */
  readonly memory?: boolean;
}

/** @returns what each run counted, in turn */
export async function runOwnPlay(play: OwnPlay): Promise<readonly CountedRun[]> {
  const { program, source, hosts, runs } = play;
  const folder = await mkdtemp(join(tmpdir(), 'tsplay-bench-'));
  try {
    const names = Array.from({ length: hosts }, (_, index) => [`host${index}`, {}] as const);
    const bench = { vars: { transport: 'fake' }, hosts: Object.fromEntries(names) };
    await writeFile(join(folder, 'hosts.yaml'), stringify({ bench }));
    await writeFile(join(folder, 'site.ts'), source(join(folder, 'there')));
    const argv = ['node', program, 'site.ts', '-i', 'hosts.yaml', '--output', 'json'];
    const found: CountedRun[] = [];
    for (let turn = 0; turn < runs; turn += 1) {
      let peak = (): number => 0;
      const started = (pid: number): void => {
        if (play.memory === true) peak = watchProgram(pid);
      };
      const { wall, stdout } = await measured({ argv, directory: folder, started });
      found.push({ wall, memory: peak(), ...countedIn(stdout) });
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function countedIn(stdout: string): Omit<CountedRun, 'wall' | 'memory'> {
  const last: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  const { controllerCpu, recap } = last as RunEnd;
  const counters = Object.entries(recap).map(([host, each]) => [host, each.counters] as const);
  return { controllerCpu, counters: Object.fromEntries(counters) };
}
