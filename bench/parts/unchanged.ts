/** What an unchanged run of a play without barriers asks of a host, now and once. */
import type { HostCounters } from '../../engine/report/events.ts';
import { runOwnPlay } from './own-play.ts';
import type { Part, PartOptions } from './part.ts';
import { table } from '../table.ts';

type Figures = Omit<HostCounters, 'connections'>;

/** Before reading ahead had to be true. */
const formerly = '94f02d2';
/** Of that commit, by `npm run bench -- unchanged --program …/bin/play.js`. */
const before: Readonly<Record<number, Figures>> = {
  1: { roundTrips: 1, bytesUp: 4869, bytesDown: 4140, processes: 11 },
  31: { roundTrips: 1, bytesUp: 7089, bytesDown: 7262, processes: 18 },
  61: { roundTrips: 1, bytesUp: 8166, bytesDown: 10_115, processes: 18 },
  121: { roundTrips: 1, bytesUp: 10_341, bytesDown: 15_827, processes: 18 },
};

/** Ten kinds in turn: folders, files, lines, links, a guarded command and a query. */
const source =
  (tasks: number) =>
  (folder: string): string =>
    `import { command, copy, file, lineInFile, play, playbook, query } from 'tsplay';
const at = (index: number) => '${folder}/m' + index;
export default playbook([play({ name: 'unchanged', hosts: 'bench', *tasks() {
  yield file('folder', { path: '${folder}', state: 'directory' });
  for (let index = 1; index < ${tasks}; index += 1) {
    const path = at(index);
    const kind = index % 10;
    if (kind < 3) yield file('folder ' + index, { path, state: 'directory', mode: '0750' });
    else if (kind < 6) yield copy('file ' + index, { content: 'text '.repeat(100), dest: path });
    else if (kind < 7) yield lineInFile('line ' + index, { path, line: 'a line', create: true });
    else if (kind < 8) yield file('link ' + index, { path, state: 'link', src: at(3), force: true });
    else if (kind < 9) yield command('made ' + index, { argv: ['touch', path], creates: path });
    else yield query('asked ' + index, { argv: ['true'] });
  }
} })]);
`;

async function figuresOf(tasks: number, program: string): Promise<Figures> {
  const runs = await runOwnPlay({ program, source: source(tasks), hosts: 1, runs: 2 });
  const found = Object.values(runs.at(-1)?.counters ?? {})[0];
  if (!found) throw new Error('the run has counted no host');
  return found;
}

async function measure({ program, quick, say }: PartOptions): Promise<string> {
  const rows: string[][] = [];
  for (const tasks of quick ? [31] : [1, 31, 61, 121]) {
    const now = await figuresOf(tasks, program);
    const then = before[tasks];
    const cell = (of: keyof Figures): string => `${now[of]} (${then?.[of] ?? '–'})`;
    rows.push([
      String(tasks),
      ...(['roundTrips', 'bytesUp', 'bytesDown', 'processes'] as const).map(cell),
    ]);
    say(`unchanged, ${tasks} tasks: ${JSON.stringify(now)}`);
  }
  return [
    `What the run counts for its one host; in brackets the same play at commit ${formerly}, when reading ahead was not yet proven. What is sent more asks where paths lead, what is mounted and which machine it is, and takes the machine’s lock.`,
    table([['tasks', 'round trips', 'bytes sent', 'bytes received', 'processes there'], ...rows]),
  ].join('\n\n');
}

export const unchanged: Part = {
  name: 'unchanged',
  heading: 'An unchanged play without barriers',
  measure,
};
