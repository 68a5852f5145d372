/** Modules of users: what compiles, and every misuse that does not. */
import { absent, change, defineModule, defineReader, predict, same, sh, value, z } from 'tsplay';
import type { Task } from 'tsplay';
import type { Equal } from './equal.ts';

const words = defineReader<{ readonly path: string }, readonly string[]>({
  name: 'words',
  script: (keys) => keys.map((key) => `cat ${key.path}`).join('\n'),
  parse: (output, keys) => keys.map(() => value(output.stdout.toString().split(' '))),
});

const args = z.strictObject({
  path: z.string().describe('where'),
  text: z.string().default('hello').describe('what'),
});

const motd = defineModule({
  name: 'motd',
  summary: 'Sets the message of the day.',
  args,
  example: `motd('greet', { path: '/etc/motd' })`,
  reads: (want) => ({ now: words({ path: want.path }) }),
  plan(want, is, on) {
    const now: Equal<typeof is.now, readonly string[] | undefined> = true;
    const text: Equal<typeof want.text, string> = true;
    if (is.now?.includes(want.text) && now && text) return same({ count: is.now.length });
    return change({
      differences: [{ what: 'text', from: is.now, to: on.host }],
      script: sh`printf %s ${want.text} > ${want.path}`,
      after: [predict(words({ path: want.path }), value([want.text]))],
      result: { count: 1 },
    });
  },
});
export const task: Task<{ count: number }> = motd('greet', { path: (run) => `/${run.host}` });

// @ts-expect-error the argument without a default is needed
motd('greet', { text: 'hi' });
// @ts-expect-error no such argument
motd('greet', { path: '/x', owner: 'root' });
// @ts-expect-error the result has a count, and it is a number
export const wrong: Task<{ count: string }> = task;
// @ts-expect-error a reader's key has a path
words({ file: '/x' });
// @ts-expect-error a prediction is of the reader's values
predict(words({ path: '/x' }), value('hello'));
predict(words({ path: '/x' }), absent);
// @ts-expect-error every key has an answer
defineReader<string, string>({ name: 'x', script: () => '', parse: () => 'hello' });

const about = { name: 'x', summary: 'x', args, example: 'x' } as const;
defineModule({
  ...about,
  // @ts-expect-error no such argument
  plan: (want) => same({ at: want.file }),
});
defineModule({
  ...about,
  reads: () => ({ now: words({ path: '/x' }) }),
  // @ts-expect-error no such read
  plan: (_, is) => same({ at: is.then }),
});
defineModule({
  ...about,
  reads: () => ({ now: words({ path: '/x' }) }),
  // @ts-expect-error what was read may be absent
  plan: (_, is) => same({ count: is.now.length }),
});
defineModule({
  ...about,
  // @ts-expect-error a plan does not wait
  plan: async () => same({}),
});
defineModule({
  ...about,
  // @ts-expect-error a plan says same, change or action
  plan: () => ({ changed: false }),
});
defineModule({
  ...about,
  plan: () =>
    // @ts-expect-error a change says what reads will answer afterwards
    change({ differences: [], script: sh`true`, result: {} }),
});
defineModule({
  ...about,
  // @ts-expect-error a script is made by sh, which quotes
  plan: () => change({ differences: [], script: 'rm -rf /', after: [], result: {} }),
});
// @ts-expect-error an example is shown and compiled
defineModule({ name: 'x', summary: 'x', args, plan: () => same({}) });
// @ts-expect-error words of a script are texts, numbers, scripts and contents
export const script = sh`printf %s ${{ text: 'x' }}`;
// @ts-expect-error Equal tells a text from what may be one
export const equalTells: Equal<string, string | undefined> = true;
// @ts-expect-error in either direction
export const equalTellsBack: Equal<string | undefined, string> = true;
