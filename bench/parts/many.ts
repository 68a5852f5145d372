/** Many fake hosts: whether what a host costs, and the memory, grows with their number. */
import { table } from '../table.ts';
import { runOwnPlay } from './own-play.ts';
import type { Part, PartOptions } from './part.ts';

const source = (): string => `import { file, play, playbook } from 'tsplay';
export default playbook([play({ name: 'many', hosts: 'bench', *tasks() {
  for (let index = 0; index < 20; index += 1)
    yield file('folder ' + index, { path: '/usr/bin', state: 'directory' });
} })]);
`;

async function measure({ program, quick, say }: PartOptions): Promise<string> {
  const rows: string[][] = [];
  for (const hosts of quick ? [10, 30] : [100, 1000, 5000]) {
    const runs = await runOwnPlay({ program, source, hosts, runs: 2, memory: true });
    const run = runs.at(-1);
    if (!run) throw new Error('nothing was run');
    const each = (run.controllerCpu / hosts).toFixed(1);
    const memory = `${(run.memory / 2 ** 20).toFixed(0)} MiB`;
    rows.push([String(hosts), each, memory, run.wall.toFixed(1)]);
    say(`${hosts} fake hosts: ${each} ms of the controller each, ${memory}`);
  }
  return [
    '20 unchanged tasks on fake hosts. Memory is that of the controller alone, at its peak; the goal for 5,000 is less than 1 GiB, and a cost of each host that does not grow.',
    table([['hosts', 'controller, ms a host', 'memory', 'whole command, seconds'], ...rows]),
  ].join('\n\n');
}

export const many: Part = { name: 'many', heading: 'Many fake hosts', measure };
