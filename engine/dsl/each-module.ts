/** What an `each` is to the run: a step that names its items; what they bring is walked behind it. */
import { z } from 'zod';
import { same } from '../module/plan.ts';
import { defineModule } from './define-module.ts';
import type { Each, Run, Task } from './task.ts';

const define = defineModule({
  name: 'each',
  summary: 'Steps for each item that the run finds.',
  kind: 'control',
  args: z.strictObject({ keys: z.array(z.string()).describe('names of the items') }),
  example: `each('folders', (run) => run.result(listed).stdoutLines, (path) => [file('there', { path })])`,
  returns: { keys: 'names of the items' },
  // Nobody knows before what its steps will be.
  reach: () => 'everywhere',
  plan: ({ keys }) => same({ keys }),
});

/** The step that names the items of an `each`. */
export function taskOfEach({ name, at }: Each, keys: (run: Run) => string[]): Task<unknown> {
  return { ...define(name, { keys }), at };
}
