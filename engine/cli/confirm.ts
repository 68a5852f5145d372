/** `--step`: asks before each task, until the person says "continue". */
import type { TaskNode } from '../plan/nodes.ts';
import { askLine } from './terminal.ts';

type Answer = 'yes' | 'no' | 'continue';
const meanings: Readonly<Record<string, Answer>> = {
  y: 'yes',
  yes: 'yes',
  n: 'no',
  no: 'no',
  '': 'no',
  c: 'continue',
  continue: 'continue',
};

/**
 * One question at a time, and one for all hosts that have the task.
 * @param ask puts a question to the person
 */
export function confirmSteps(ask = askLine): (node: TaskNode) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  let last: Promise<Answer> = Promise.resolve('yes');
  return (node) => {
    const known = answers.get(node.id);
    if (known) return known;
    last = last.then((before) => (before === 'continue' ? before : askFor(node, ask)));
    answers.set(node.id, last);
    return last;
  };
}

async function askFor(node: TaskNode, ask: typeof askLine): Promise<Answer> {
  const answer = await ask(`Run ${node.id}? (y)es, (N)o, (c)ontinue: `);
  return meanings[answer.trim().toLowerCase()] ?? askFor(node, ask);
}
