/** Many inventory hosts on the lab's few: same addresses, folders of their own. */
import { loadavg } from 'node:os';
import type { Lab } from '../lab/index.ts';
import { engines, type Fleet } from './engines.ts';
import { openFleet, workFolder } from './fleet.ts';
import { watchMemory } from './memory.ts';
import { measured } from './program.ts';

/** The first tasks of the work are all below the host's own folder. */
const tasks = 20;

export interface ManyHosts {
  readonly hosts: number;
  /** Seconds of the run in which every task changes something. */
  readonly first: number;
  /** Seconds of the run after it, which changes nothing. */
  readonly wall: number;
  readonly cpu: number;
  /** Bytes of the controller and all its ssh clients at their peak. */
  readonly memory: number;
  readonly processes: number;
  readonly load: number;
}

/** Runs the work on each number of hosts: once to make the state, then unchanged. */
export async function measureManyHosts(
  lab: Lab,
  counts: readonly number[],
  say: (line: string) => void,
): Promise<readonly ManyHosts[]> {
  const found: ManyHosts[] = [];
  const onAll = (script: string) =>
    Promise.all(lab.hosts.map(({ name }) => lab.exec(name, ['sh', '-c', script])));
  // Those that share a machine would all make the folder that theirs are in.
  await onAll(`mkdir -p ${workFolder}`);
  for (const count of counts) {
    const fleet = await openFleet(lab, { hosts: lab.hosts.length, tasks });
    try {
      const many = { ...fleet, hosts: spread(fleet, count) };
      const { tsplay } = await engines(many);
      const command = tsplay.command(false);
      const first = await measured(command);
      const load = loadavg()[0] ?? 0;
      let watch: ReturnType<typeof watchMemory> | undefined;
      const cost = await measured({
        ...command,
        started: (pid) => {
          watch = watchMemory(pid);
        },
      });
      const peak = watch?.stop() ?? { total: 0, processes: 0 };
      const { wall, cpu } = cost;
      found.push({
        hosts: count,
        first: first.wall,
        wall,
        cpu,
        memory: peak.total,
        processes: peak.processes,
        load,
      });
      say(
        `${count} hosts: ${first.wall.toFixed(1)} s, then ${wall.toFixed(1)} s, ${(peak.total / 2 ** 20).toFixed(0)} MiB`,
      );
    } finally {
      await fleet.close();
    }
  }
  await onAll(`rm -rf ${workFolder}`);
  return found;
}

function spread(fleet: Fleet, count: number): Fleet['hosts'] {
  return Array.from({ length: count }, (_, index) => {
    const host = fleet.hosts[index % fleet.hosts.length];
    if (!host) throw new Error('the lab has no hosts');
    const name = `host${String(index + 1).padStart(4, '0')}`;
    return { ...host, name, folder: `${workFolder}/${name}` };
  });
}
