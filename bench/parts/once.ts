/** One `runOnce` step of a play with many hosts: what the hosts cost that only take its result. */
import { runOwnPlay } from './own-play.ts';
import type { Part, PartOptions } from './part.ts';
import { table } from '../table.ts';

const source = (): string => `import { command, play, playbook } from 'tsplay';
export default playbook([play({ name: 'once', hosts: 'bench', gatherFacts: false, *tasks() {
  yield command('once', { argv: ['true'] }, { runOnce: true });
} })]);
`;

async function measure({ program, quick, say }: PartOptions): Promise<string> {
  const rows: string[][] = [];
  for (const hosts of quick ? [1, 100] : [1, 1000, 5000]) {
    // The first run compiles the playbook.
    const runs = await runOwnPlay({ program, source, hosts, runs: 2 });
    const run = runs.at(-1);
    if (!run) throw new Error('nothing was run');
    const controller = (run.controllerCpu / 1000).toFixed(2);
    rows.push([String(hosts), controller, run.wall.toFixed(2)]);
    say(`runOnce, ${hosts} hosts: ${controller} s`);
  }
  return [
    'A play of one `runOnce` step on fake hosts, of which one does it. The goal for 5,000 is less than 1 s of the controller, from the run’s start to its end; the whole command reads the inventory and collects the play for each host as well.',
    table([['hosts', 'controller, seconds', 'whole command, seconds'], ...rows]),
  ].join('\n\n');
}

export const once: Part = { name: 'once', heading: 'One runOnce step of many hosts', measure };
