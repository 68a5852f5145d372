/** Module `ask`: a question to the host that is answered with yes or no. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import { same } from '../../module/plan.ts';
import { judgedAnswer, questionArguments, questionMistakes, questionReads } from './query.ts';

const args = z.strictObject(questionArguments);

/** 126 and 127 say that the program could not be run: nobody has answered. */
const answers = Array.from({ length: 256 }, (_, code) => code).filter(
  (code) => code !== 126 && code !== 127,
);

/**
 * A question that is answered with yes or no; its result is the answer itself.
 * @example
 * export const nodes = play({
 *   name: 'nodes',
 *   hosts: 'nodes',
 *   *tasks() {
 *     const joined = ask('has joined', { argv: ['test', '-s', '/etc/kubernetes/node.conf'] });
 *     yield joined;
 *     yield debug('joins', { message: 'now' }, { when: (run) => !run.result(joined) });
 *   },
 * });
 */
export const ask = defineModule({
  name: 'ask',
  onlyAsks: true,
  summary: 'Asks the host a yes/no question: a read-only command, answered by its exit code.',
  args,
  example: `const joined = ask('has joined', { argv: ['test', '-s', '/etc/kubernetes/node.conf'] });
debug('joins', { message: 'for the first time' }, { when: (run) => !run.result(joined) })`,
  returns: {
    yes: '`run.result(task)` is this alone: whether the exit code was 0',
    code: 'exit code',
  },
  mistakes: (want) => questionMistakes(want),
  reads: (want) => questionReads(want),
  plan(want, { answer }) {
    const { failed, result } = judgedAnswer(want, answers, answer);
    if (failed !== undefined) throw new StepError(failed);
    return same({ yes: result.code === 0, code: result.code });
  },
  seen: ({ yes }) => yes,
});
