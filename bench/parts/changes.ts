/** First runs that change everything, on one host: what each costs in round trips and processes. */
import type { HostCounters } from '../../engine/report/events.ts';
import { table } from '../table.ts';
import { runOwnPlay } from './own-play.ts';
import type { Part, PartOptions } from './part.ts';

interface Work {
  readonly what: string;
  /** Lines of the play's tasks; `at` is an empty folder. */
  readonly tasks: string;
  readonly goal: string;
}

const works: readonly Work[] = [
  {
    what: '6 folders and 12 copied files',
    tasks: `for (let index = 0; index < 6; index += 1)
    yield file('folder ' + index, { path: at + '/d' + index, state: 'directory', mode: '0750' });
  for (let index = 0; index < 12; index += 1) {
    const dest = at + '/d' + (index % 6) + '/f' + index;
    yield copy('file ' + index, { content: 'text '.repeat(100), dest, mode: '0640' });
  }`,
    goal: '≤ 4 round trips, ≤ 60 processes',
  },
  {
    what: '31 tasks that all change',
    tasks: `yield file('folder', { path: at + '/d', state: 'directory' });
  for (let index = 1; index < 31; index += 1) {
    const path = at + '/d/m' + index;
    const kind = index % 5;
    if (kind < 2) yield copy('file ' + index, { content: 'text ' + index, dest: path });
    else if (kind < 3) yield file('folder ' + index, { path, state: 'directory', mode: '0750' });
    else if (kind < 4) yield lineInFile('line ' + index, { path, line: 'a line', create: true });
    else yield file('link ' + index, { path, state: 'link', src: at + '/d/m' + (index - 4), force: true });
  }`,
    goal: '≤ 12 round trips',
  },
];

const source =
  ({ tasks }: Work) =>
  (folder: string): string =>
    `import { copy, file, lineInFile, play, playbook } from 'tsplay';
const at = '${folder}';
export default playbook([play({ name: 'changes', hosts: 'bench', *tasks() {
  yield file('place', { path: at, state: 'directory' });
  ${tasks}
} })]);
`;

async function measure({ program, say }: PartOptions): Promise<string> {
  const rows: string[][] = [];
  for (const work of works) {
    const [first, second] = await runOwnPlay({ program, source: source(work), hosts: 1, runs: 2 });
    const cells = [first, second].map((run) => {
      const found: HostCounters | undefined = Object.values(run?.counters ?? {})[0];
      if (!found) throw new Error('the run has counted no host');
      return found;
    });
    const both = (of: keyof HostCounters): string => cells.map((each) => each[of]).join(' / ');
    rows.push([work.what, both('roundTrips'), both('bytesUp'), both('processes'), work.goal]);
    say(`${work.what}: ${both('roundTrips')} round trips, ${both('processes')} processes`);
  }
  return [
    'Counted for one fake host: the first run, and after the stroke the second, which changes nothing.',
    table([['work', 'round trips', 'bytes sent', 'processes there', 'goal of the first'], ...rows]),
  ].join('\n\n');
}

export const changes: Part = { name: 'changes', heading: 'Changes on one host, counted', measure };
