import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { same } from '../../module/plan.ts';
import { hostQuery, query as sharedQuery, type QueryAnswer } from '../../readers/commands/query.ts';
import { isSecret } from '../../secrets/secret.ts';
import { absolutePath, plain, shown, textValue } from '../shared/argument.ts';
import { commandOutput, commandReturns, exitCodes, exposed, unwelcome } from './shared/plan.ts';

const args = z.strictObject({
  argv: z.array(textValue).min(1).optional().describe('the program and its arguments'),
  shell: z.string().min(1).optional().describe('a script for /bin/sh, instead of argv'),
  directory: absolutePath.optional().describe('working directory; default /'),
  codes: exitCodes.default([0]).describe("exit codes that mean success, or 'any'"),
  scope: z
    .enum(['host', 'shared'])
    .default('shared')
    .describe('host: only changes on this host can change the answer'),
  independent: z
    .boolean()
    .default(false)
    .describe('nothing in the playbook changes the answer: check asks it in any case'),
  exposeSecret: z
    .boolean()
    .default(false)
    .describe('secrets may stand in argv, where users of the host can see them'),
});

/** A command that only reads; it is asked again when something before it changed. */
export const query = defineModule({
  name: 'query',
  onlyAsks: true,
  summary: 'Runs a command that only reads, also in check and ahead of its turn.',
  args,
  example: `query('members', { argv: ['etcdctl', 'member', 'list'] }, { until: (r) => r.stdoutLines.length === 3, retries: 10 })`,
  returns: {
    code: commandReturns.code,
    stdout: commandReturns.stdout,
    stderr: commandReturns.stderr,
    stdoutLines: commandReturns.stdoutLines,
  },
  mistakes(want) {
    const mistakes: string[] = [];
    if ((want.argv === undefined) === (want.shell === undefined)) {
      mistakes.push('give either argv or shell');
    }
    if (want.argv?.[0] === '') mistakes.push('the name of the command is empty');
    if (!want.exposeSecret && want.argv?.some(isSecret)) mistakes.push(exposed);
    return mistakes;
  },
  reads(want) {
    const read = want.scope === 'host' ? hostQuery : sharedQuery;
    const argv = (want.argv ?? ['/bin/sh', '-c', want.shell ?? ':']).map(plain);
    return { answer: read({ argv, directory: want.directory, independent: want.independent }) };
  },
  plan(want, { answer }) {
    const { binary, ...output } = answer ?? nothing;
    const failed = binary ? notText : unwelcome(want.codes, output);
    const result = commandOutput(output);
    if (failed === undefined) return same(result);
    const what = want.shell ?? shown(want.argv ?? []);
    const said = result.stderr === '' ? '' : `\n${result.stderr}`;
    return { ...same(result), failed: `${what}: ${failed}${said}` };
  },
});

/** The reader answers every key; absence stands for a program that said nothing. */
const nothing: QueryAnswer = { code: 0, stdout: '', stderr: '', binary: false };
const notText = 'its output is not UTF-8 text; encode it on the host, for example with base64';
