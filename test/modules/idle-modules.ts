/** Modules with a part taken away: whose apply does nothing, and whose reads are denied. */
import type { Task } from '../../engine/dsl/task.ts';
import type { AnyModule, Known, Reads } from '../../engine/module/module.ts';
import type { Plan } from '../../engine/module/plan.ts';
import { denied, type Answer, type Read } from '../../engine/module/reader.ts';
import { rawScript } from '../../engine/shell/script.ts';

/** What readers say in place of the host, by their names. */
export type Answers = Readonly<Record<string, Answer<unknown>>>;

export const whyDenied = 'closed for the test';

/** The module with a script that does nothing; readers named in `answers` are not asked. */
export function idle(module: AnyModule, answers: Answers): AnyModule {
  return {
    ...module,
    ...replacedReads(module, (read) => answers[read.reader.name] ?? answers['*']),
    plan: (want, is, on) => withoutApply(module.plan(want, is, on)),
  };
}

function withoutApply(plan: Plan<unknown>): Plan<unknown> {
  if (plan.plan === 'same') return plan;
  const script = rawScript(':');
  if (plan.plan === 'change')
    return { ...plan, alters: undefined, script, settle: { atMost: 0, stable: 0 } };
  const nothing = { ...plan, script };
  // A reboot that nobody asked for would be awaited for ten minutes.
  return nothing.until ? { ...nothing, until: { ...nothing.until, atMost: 0 } } : nothing;
}

/** The module on a host that lets nobody look at anything. */
export const closed = (module: AnyModule): AnyModule => ({
  ...module,
  ...replacedReads(module, () => denied(whyDenied)),
});

function replacedReads(
  module: AnyModule,
  answerTo: (read: Read<unknown>) => Answer<unknown> | undefined,
): Partial<AnyModule> {
  if (module.reads === undefined) return {};
  const answered = (want: unknown, known: Known): Reads =>
    Object.fromEntries(
      Object.entries(module.reads?.(want, known) ?? {}).map(([name, read]) => {
        const answer = answerTo(read);
        return [name, answer === undefined ? read : answering(module.name, read, answer)];
      }),
    );
  return { reads: answered };
}

/** The same question, answered without the host; others get their own answer. */
const answering = (
  module: string,
  read: Read<unknown>,
  answer: Answer<unknown>,
): Read<unknown> => ({
  ...read,
  id: `${read.id} of ${module}`,
  reader: {
    ...read.reader,
    name: `${read.reader.name} of the test`,
    script: () => ':',
    parse: (_output, keys) => keys.map(() => answer),
  },
});

/** A task of any module: its arguments are checked when the play is collected. */
export function taskOf(
  name: string,
  module: AnyModule,
  args: Readonly<Record<string, unknown>>,
): Task<unknown> {
  const at = { file: 'test', line: 1, column: 1 };
  return {
    kind: 'task',
    name,
    module,
    args,
    options: { ignoreErrors: true, when: () => true },
    at,
  };
}
