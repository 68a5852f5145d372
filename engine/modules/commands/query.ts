import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';
import { hostQuery, query as sharedQuery, type QueryAnswer } from '../../readers/commands/query.ts';
import { isSecret } from '../../secrets/secret.ts';
import { absolutePath, plain, shown, textValue } from '../shared/argument.ts';
import { commandOutput, commandReturns, exitCodes, exposed, unwelcome } from './shared/plan.ts';

/** What every question to a host is asked with. */
export const questionArguments = {
  argv: z.array(textValue).min(1).optional().describe('the program and its arguments'),
  shell: z.string().min(1).optional().describe('a script for /bin/sh, instead of argv'),
  directory: absolutePath.optional().describe('working directory; default /'),
  scope: z
    .enum(['host', 'shared'])
    .default('shared')
    .describe('host: only changes on this host can change the answer'),
  independent: z
    .boolean()
    .default(false)
    .describe('nothing in the playbook changes the answer, so check always asks'),
  exposeSecret: z
    .boolean()
    .default(false)
    .describe('allow secrets in argv, where users of the host can see them'),
};

const question = z.strictObject(questionArguments);
type Question = z.output<typeof question>;

const args = z.strictObject({
  ...questionArguments,
  codes: exitCodes.default([0]).describe("exit codes that mean success, or 'any'"),
});

/** A command that only reads; it is asked again when something before it changed. */
export const query = defineModule({
  name: 'query',
  onlyAsks: true,
  summary: 'Runs a read-only command, also in check and ahead of its turn.',
  args,
  example: `query('members', { argv: ['etcdctl', 'member', 'list'] }, { until: (r) => r.stdoutLines.length === 3, retries: 10 })`,
  returns: {
    code: commandReturns.code,
    stdout: commandReturns.stdout,
    stderr: commandReturns.stderr,
    stdoutLines: commandReturns.stdoutLines,
  },
  mistakes: (want) => questionMistakes(want),
  reads: (want) => questionReads(want),
  plan(want, { answer }) {
    const { failed, result } = judgedAnswer(want, want.codes, answer);
    return failed === undefined ? same(result) : { ...same(result), failed };
  },
});

export function questionMistakes(want: Question): readonly string[] {
  const mistakes: string[] = [];
  if ((want.argv === undefined) === (want.shell === undefined)) {
    mistakes.push('give either argv or shell');
  }
  if (want.argv?.[0] === '') mistakes.push('the name of the command is empty');
  if (!want.exposeSecret && want.argv?.some(isSecret)) mistakes.push(exposed);
  return mistakes;
}

export function questionReads(want: Question) {
  const read = want.scope === 'host' ? hostQuery : sharedQuery;
  const argv = (want.argv ?? ['/bin/sh', '-c', want.shell ?? ':']).map(plain);
  return { answer: read({ argv, directory: want.directory, independent: want.independent }) };
}

/** What was answered, and why it is none. @param codes exit codes that are answers */
export function judgedAnswer(
  want: Question,
  codes: z.output<typeof exitCodes>,
  answer: QueryAnswer = nothing,
) {
  const { binary, ...output } = answer;
  const failed = binary ? notText : unwelcome(codes, output);
  const result = commandOutput(output);
  const what = want.shell ?? shown(want.argv ?? []);
  const said = result.stderr === '' ? '' : `\n${result.stderr}`;
  return { result, failed: failed === undefined ? undefined : `${what}: ${failed}${said}` };
}

/** The reader answers every key; absence stands for a program that said nothing. */
const nothing: QueryAnswer = { code: 0, stdout: '', stderr: '', binary: false };
const notText = 'its output is not UTF-8 text; encode it on the host, for example with base64';
