/** A loop of 100 commands on one host, without delay: what each barrier costs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../lab/index.ts';
import { openFleet, type OpenFleet } from './fleet.ts';
import { measured } from './program.ts';
import { median } from './statistics.ts';
import { stringify } from 'yaml';

const items = 100;
const playProgram = fileURLToPath(new URL('../bin/play.js', import.meta.url));

const source = (count: number): string => `import { command, play, playbook } from 'tsplay';
export default playbook([play({ name: 'loop', hosts: 'bench', gatherFacts: false, *tasks() {
  for (let index = 0; index < ${count}; index += 1) yield command(\`c\${index}\`, { argv: ['true'] });
} })]);
`;

export interface LoopTime {
  /** Seconds of the whole run, process start and connection included. */
  readonly whole: number;
  /** Seconds that the commands add to a run of one. */
  readonly commands: number;
}

export async function measureLoop(lab: Lab, runs: number): Promise<LoopTime> {
  const fleet = await openFleet(lab, { hosts: 1, tasks: 1 });
  const folder = await mkdtemp(join(fleet.folder, 'loop-'));
  try {
    await writeFile(join(folder, 'hosts.yaml'), inventory(fleet));
    const time = async (count: number): Promise<number> => {
      const playbook = join(folder, `loop${count}.ts`);
      await writeFile(playbook, source(count));
      const argv = ['node', playProgram, playbook, '-i', join(folder, 'hosts.yaml')];
      const walls: number[] = [];
      // The first one compiles the playbook.
      for (let turn = 0; turn <= runs; turn += 1) {
        const { wall } = await measured({ argv, directory: folder });
        if (turn > 0) walls.push(wall);
      }
      return median(walls);
    };
    const whole = await time(items);
    return { whole, commands: whole - (await time(1)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await fleet.close();
  }
}

function inventory(fleet: OpenFleet): string {
  const hosts = fleet.hosts.map(({ name, address, port }) => [name, { host: address, port }]);
  const { keyFile, knownHostsFile } = fleet;
  return stringify({
    bench: {
      vars: { user: 'root', privateKeyFile: keyFile, knownHostsFile },
      hosts: Object.fromEntries(hosts) as unknown,
    },
  });
}
