/** `--step`: asks before each task; one answer is for all hosts of the task. */
import { createInterface } from 'node:readline/promises';
import type { TaskNode } from '../plan/nodes.ts';

export type Answer = 'yes' | 'no' | 'continue';

/** @returns asks a person on the terminal; `continue` answers for all that follows */
export function confirmSteps(): (node: TaskNode) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  let last: Promise<Answer> = Promise.resolve('yes');
  return (node) => {
    const known = answers.get(node.id);
    if (known) return known;
    last = last.then((before) => (before === 'continue' ? before : ask(node)));
    answers.set(node.id, last);
    return last;
  };
}

async function ask(node: TaskNode): Promise<Answer> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const text = await lines.question(`Perform task: ${node.task.name} (N)o/(y)es/(c)ontinue: `);
    if (/^c/i.test(text)) return 'continue';
    return /^y/i.test(text) ? 'yes' : 'no';
  } finally {
    lines.close();
  }
}
