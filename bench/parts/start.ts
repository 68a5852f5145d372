/** What it takes to begin: whole commands that do next to nothing, against a bare Node. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onPath } from '../../engine/transport/with-controller.ts';
import { measured } from '../program.ts';
import { median } from '../statistics.ts';
import { table } from '../table.ts';
import type { Part, PartOptions } from './part.ts';

const playbook = `import { copy, play, playbook } from 'tsplay';
export default playbook([play({ name: 'start', hosts: 'all', *tasks() {
  yield copy('one step', { content: 'x', dest: 'FOLDER/made' });
} })]);
`;

/** The same for Ansible. */
const peer = `- hosts: all
  gather_facts: false
  tasks:
    - name: one step
      copy: { content: x, dest: FOLDER/made }
`;

interface Row {
  readonly what: string;
  readonly argv: readonly string[];
  readonly directory?: string;
  readonly goal?: string;
}

function rowsIn(folder: string, program: string): readonly Row[] {
  const root = dirname(dirname(program));
  const site = ['playbooks/site.ts', '-i', 'inventories/lab.yaml', '--list-tasks'];
  const own = [program, 'site.ts', '-i', 'hosts.yaml'];
  const theirs = ['ansible-playbook', '-i', 'hosts.ini', 'site.yml'];
  const rows: Row[] = [
    { what: 'node -e 0', argv: ['node', '-e', '0'] },
    { what: 'play --help', argv: ['node', program, '--help'] },
    { what: 'one local step', argv: ['node', ...own], directory: folder, goal: '≤ 2.5 ×' },
    {
      what: '--list-tasks of site.ts',
      argv: ['node', program, ...site],
      directory: root,
      goal: '≤ 4 ×',
    },
  ];
  if (onPath('ansible-playbook') === undefined) return rows;
  return [
    ...rows,
    { what: 'Ansible, one local step', argv: theirs, directory: folder },
    { what: 'Ansible, --list-tasks of it', argv: [...theirs, '--list-tasks'], directory: folder },
  ];
}

async function measure({ program, quick, say }: PartOptions): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tsplay-bench-start-'));
  try {
    const write = (name: string, text: string): Promise<void> =>
      writeFile(join(folder, name), text.replace('FOLDER', folder));
    await write('site.ts', playbook);
    await write('hosts.yaml', 'all: { hosts: { here: { transport: local } } }\n');
    await write('site.yml', peer);
    await write('hosts.ini', 'here ansible_connection=local\n');
    const rows = rowsIn(folder, program);
    const walls = new Map(rows.map(({ what }): [string, number[]] => [what, []]));
    // In turn, so that a busy moment is everybody's; the first turn compiles.
    for (let turn = 0; turn <= (quick ? 1 : 15); turn += 1)
      for (const { what, argv, directory } of rows) {
        const { wall } = await measured({ argv, ...(directory !== undefined && { directory }) });
        if (turn > 0) walls.get(what)?.push(wall * 1000);
      }
    const bare = median(walls.get('node -e 0') ?? []);
    const cells = rows.map(({ what, goal = '' }) => {
      const found = median(walls.get(what) ?? []);
      say(`${what}: ${found.toFixed(0)} ms, ${(found / bare).toFixed(1)} × bare node`);
      return [what, found.toFixed(0), `${(found / bare).toFixed(2)} ×`, goal];
    });
    return [
      'Milliseconds of the whole command, in the middle of 15 runs, in turn.',
      table([['command', 'ms', 'against bare Node', 'goal'], ...cells]),
    ].join('\n\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const start: Part = { name: 'start', heading: 'The start of a command', measure };
