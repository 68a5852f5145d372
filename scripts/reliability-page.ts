/** docs/reliability.md: what the last run of the fault suite tried, and what held. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Trial } from '../test/faults/trial.ts';
import { table } from './table.ts';

/** Trials by the name of their test file. */
export type Results = Readonly<Record<string, readonly Trial[]>>;

const file = fileURLToPath(new URL('../test/faults/results.json', import.meta.url));

export const readResults = (): Results => JSON.parse(readFileSync(file, 'utf8')) as Results;

/** The files of test/faults in the order of the page, and what each is about. */
export const chapters: Readonly<Record<string, readonly [title: string, about: string]>> = {
  secrets: [
    'Secrets',
    'Each secret holds a word that nothing else has. Every program that starts, on the host and on the controller, is traced with its arguments and its environment, and all that is printed or kept is searched for the words.',
  ],
  leaks: [
    'What Node and libraries tell',
    'Two transports, passwords for login and become, secrets of playbook, inventory and environment; Node and the libraries are told to say all that they know, or fail in a way of their own.',
  ],
  kills: [
    'Kills',
    'What runs is ended with `kill -9` at 60 moments, the same in each run of the suite: behind the n-th event of the run, and some milliseconds more. And at two more, when a fifth of a large file has arrived.',
  ],
  controller: [
    'The controller',
    'Signals, terminal, pipes, disk and project of the machine on which `play` runs.',
  ],
  network: [
    'Network and power',
    'Between `play` and an sshd stands a proxy that cuts, freezes, refuses, delays and swallows.',
  ],
  vanished: [
    'Controllers that are gone',
    'One controller holds a host, and another one waits for it.',
  ],
  'shared-folder': [
    'Folders of several hosts',
    'Two machines have one folder in common; process numbers of the one mean nothing to the other.',
  ],
  surroundings: [
    'Odd hosts',
    'Machines of their own (mounts, processes, accounts, sshd, sudo), each odd in one way; the user that logs in is not root.',
  ],
  'foreign-folder': [
    'Folders of others',
    'Root works in a folder that another user owns, who sets links there, or swaps what appears for links as fast as the machine lets them.',
  ],
  values: [
    'Hostile values',
    'Arguments of modules, one text after the other, in check: what reads a real host gets them, nothing is written.',
  ],
  names: ['Hostile names', 'Whoever may write in a folder names the files in it.'],
  inventories: [
    'Inventories',
    'What a file may hold that decides whom we speak to; a program that notes its arguments stands for `ssh`.',
  ],
  'hostile-host': [
    'Hostile hosts',
    'A host answers what it likes: the shell at its far end is a program of the attacker, who knows all that root of that host knows.',
  ],
};

export function reliabilityPage(results: Results = readResults()): string {
  const ran = Object.entries(chapters).filter(([name]) => results[name]);
  const parts = ran.map(([name, [title, about]]) => {
    const rows = (results[name] ?? []).map(({ fault, promise, tried, held }) => [
      fault,
      promise,
      String(tried),
      String(held),
    ]);
    const heads = ['What is done to it', 'What must hold', 'Tried', 'Held'];
    return `## ${title}\n\n${about}\n\n${table(heads, rows)}
`;
  });
  const all = Object.values(results).flat();
  const sum = (of: 'tried' | 'held'): number => all.reduce((total, each) => total + each[of], 0);
  return `# Reliability

What goes wrong in the world, done on purpose by \`npm run test:faults\`, and what held: ${sum('held')} of
${sum('tried')} tries. Each chapter is of the last run of its test file; a test of \`npm test\` fails where one is missed. Nothing is
simulated: real processes of \`play\` speak with real sshds and shells, which are killed, cut off,
starved or replaced. What is promised to whom stands in [SECURITY.md](../SECURITY.md).

${parts.join('\n')}`;
}
