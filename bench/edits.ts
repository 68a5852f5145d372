/** Edit, run, edit, run: what a person waits for who works on one template. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engines, type EngineName } from './engines.ts';
import type { OpenFleet } from './fleet.ts';
import { measured, type Command } from './program.ts';
import { median } from './statistics.ts';

export interface EditTime {
  readonly engine: EngineName;
  /** Seconds from the edit to the end of the run, in the middle of all rounds. */
  readonly seconds: number;
}

const own = (folder: string): string => `import { play, playbook, template } from 'tsplay';
export default playbook([play({ name: 'edit', hosts: 'bench', gatherFacts: false, *tasks() {
  yield template('page', { src: '${folder}/page.hbs', dest: '/root/bench-page', vars: {} });
} })]);
`;

const peer = (folder: string): string => `- hosts: bench
  gather_facts: false
  tasks:
    - name: page
      ansible.builtin.template: { src: ${folder}/page.j2, dest: /root/bench-page }
`;

/** All engines in turn, each with its own text of the same template. */
export async function measureEdits(
  fleet: OpenFleet,
  rounds: number,
  say: (line: string) => void,
): Promise<readonly EditTime[]> {
  const all = await engines(fleet);
  const folder = join(fleet.folder, 'edits');
  await mkdir(folder);
  await writeFile(join(folder, 'edit.ts'), own(folder));
  await writeFile(join(folder, 'edit.yml'), peer(folder));
  const names = ['tsplay', 'warm', 'mitogen', 'ansible'] as const;
  const walls = new Map<EngineName, number[]>(names.map((name) => [name, []]));
  // The first round compiles, connects and makes the file.
  for (let round = 0; round <= rounds; round += 1)
    for (const name of names) {
      for (const ending of ['hbs', 'j2'])
        await writeFile(join(folder, `page.${ending}`), `round ${round} of ${name}\n`);
      const { wall } = await measured(onlyTemplate(all[name].command(false), folder));
      if (round > 0) walls.get(name)?.push(wall);
    }
  return names.map((engine) => {
    const seconds = median(walls.get(engine) ?? []);
    say(`${engine}: ${seconds.toFixed(2)} s from the edit of a template to the end of the run`);
    return { engine, seconds };
  });
}

/** The same command with the small playbook in place of the work. */
function onlyTemplate(command: Command, folder: string): Command {
  const argv = command.argv.map((word) => {
    if (word.endsWith('playbook.ts')) return join(folder, 'edit.ts');
    return word === 'play.yml' ? join(folder, 'edit.yml') : word;
  });
  return { ...command, argv };
}
