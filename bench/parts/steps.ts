/** Long lists of changes on one host: what each step costs the controller. */
import { runOwnPlay } from './own-play.ts';
import type { Part, PartOptions } from './part.ts';
import { table } from '../table.ts';

const source =
  (steps: number) =>
  (folder: string): string =>
    `import { file, play, playbook } from 'tsplay';
export default playbook([play({ name: 'steps', hosts: 'bench', *tasks() {
  for (let index = 0; index < ${steps}; index += 1)
    yield file('folder ' + index, { path: '${folder}/' + index, state: 'directory' });
} })]);
`;

async function measure({ program, quick, say }: PartOptions): Promise<string> {
  const rows: string[][] = [];
  for (const steps of quick ? [100, 300] : [1000, 3000, 10_000]) {
    const [run] = await runOwnPlay({ program, source: source(steps), hosts: 1, runs: 1 });
    if (!run) throw new Error('nothing was run');
    const each = (run.controllerCpu / steps).toFixed(2);
    rows.push([String(steps), each, (run.controllerCpu / 1000).toFixed(1), run.wall.toFixed(0)]);
    say(`${steps} changing steps: ${each} ms each`);
  }
  return [
    'Folders that are made, a task each, on one fake host. The goal for 10,000 is at most 4 ms of the controller for each, and that it does not grow with the list. The seconds of the whole command are mostly the host’s, which is the same machine.',
    table([
      ['steps', 'controller, ms a step', 'controller, seconds', 'whole command, seconds'],
      ...rows,
    ]),
  ].join('\n\n');
}

export const steps: Part = { name: 'steps', heading: 'Many changes on one host', measure };
