/** Module `local`: work of the controller, in its place among the tasks of a host. */
import { z } from 'zod';
import { defineModule, type ModuleConstructor } from '../../dsl/define-module.ts';
import type { Run, Task, TaskOptions } from '../../dsl/task.ts';
import { action, invalidatesNothing } from '../../module/plan.ts';
import { rawScript } from '../../shell/script.ts';

export interface LocalResult<V> {
  readonly value: V;
}

type Work = (signal: AbortSignal) => unknown;

const args = z.strictObject({
  do: z
    .custom<Work>((given) => typeof given === 'function', 'expected (run) => (signal) => …')
    .meta({ title: 'Function' })
    .describe(
      '(run) => async (signal) => …: the outer function reads facts and results, the inner does the work',
    ),
  invalidates: z
    .enum(['everything', 'nothing'])
    .default('everything')
    .describe('what it may change on the hosts of the run; that state is read again'),
});

const define = defineModule({
  name: 'local',
  summary: 'Runs a function on the controller; for commands there use `on: localhost`.',
  kind: 'control',
  reach: ({ invalidates }) => (invalidates === 'nothing' ? 'controller' : 'everywhere'),
  resultIsLocal: true,
  args,
  example: `local('tell the chat', {
  do: (run) => async (signal) => {
    const body = \`\${run.host} is done\`;
    await globalThis.fetch('https://chat.example.org/hook', { method: 'POST', body, signal });
  },
  invalidates: 'nothing',
})`,
  returns: { value: 'what the function returned, with its type' },
  plan(want) {
    let value: unknown;
    return action<LocalResult<unknown>>({
      script: rawScript(':'),
      async onController(signal) {
        value = await want.do(signal);
        return { code: 0, stdout: '', stderr: '' };
      },
      result: () => ({ value }),
      changed: () => true,
      ...(want.invalidates === 'nothing' && { invalidates: invalidatesNothing }),
    });
  },
});

interface LocalArguments<V> {
  readonly do: (run: Run) => (signal: AbortSignal) => V | Promise<V>;
  readonly invalidates?: z.input<typeof args>['invalidates'];
}

/** The task's result has the type of what the function returns. */
interface Local {
  <V>(
    name: string,
    args: LocalArguments<V>,
    options?: TaskOptions<LocalResult<V>>,
  ): Task<LocalResult<V>>;
  readonly definition: ModuleConstructor<
    typeof args,
    z.output<typeof args>,
    Record<never, never>,
    LocalResult<unknown>
  >['definition'];
}

export const local: Local = Object.assign(
  <V>(name: string, given: LocalArguments<V>, options: TaskOptions<LocalResult<V>> = {}) =>
    define(name, given, options as TaskOptions<LocalResult<unknown>>) as Task<LocalResult<V>>,
  { definition: define.definition },
);
