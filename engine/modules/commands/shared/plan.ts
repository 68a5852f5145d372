/** What `command`, `shell` and `script` share: arguments, result, and how the action is judged. */
import { z } from 'zod';
import type { Reach, Text } from '../../../module/module.ts';
import { action, same, type Output, type Plan, type Invalidates } from '../../../module/plan.ts';
import { hidden } from '../../../secrets/redact.ts';
import { isSecret } from '../../../secrets/secret.ts';
import { isContent, type Content } from '../../../shell/content.ts';
import { sh, type Script } from '../../../shell/script.ts';
import { absolutePath, contentValue, plain } from '../../shared/argument.ts';
import { guardArguments, guarded, guardHolds } from './guards.ts';

/** Exit codes that a command may end with. */
export const exitCodes = z.union([z.array(z.int().min(0).max(255)).min(1), z.literal('any')]);

/** Arguments of every action that runs a command of the user. */
export const commandArguments = {
  ...guardArguments,
  directory: absolutePath.optional().describe('working directory; default /'),
  stdin: contentValue.optional().describe('standard input of the command; default: empty'),
  umask: z
    .string()
    .regex(/^0?[0-7]{3}$/, "must be an octal mask as text, '022'")
    .default('022')
    .describe('umask for new files'),
  codes: exitCodes.default([0]).describe("exit codes that mean success, or 'any'"),
  invalidates: z
    .union([
      z.literal('host'),
      z.strictObject({
        paths: z.array(absolutePath).optional(),
        readers: z.array(z.string()).optional(),
      }),
    ])
    .optional()
    .describe(
      'what it can change: everything on this host, or these paths and readers; default everything on every host and on the controller',
    ),
  exposeSecret: z
    .boolean()
    .default(false)
    .describe('allow secrets in the arguments, where users of the host can see them'),
};

const schema = z.strictObject(commandArguments);
export type CommandArguments = z.output<typeof schema>;

export interface CommandResult {
  /** False where a guard said that there is nothing to do. */
  readonly ran: boolean;
  readonly code: number;
  /** Without line feeds at its end, as `$(…)` gives it. */
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutLines: readonly string[];
}

export const commandReturns = {
  ran: 'false where a guard held',
  code: 'exit code; 0 where it did not run',
  stdout: 'output without line feeds at its end',
  stderr: 'error output, likewise',
  stdoutLines: 'output as lines',
};

/** Mistakes that all these modules have in common. */
export function commandMistakes(want: CommandArguments, argv: readonly Text[]): string[] {
  const mistakes: string[] = [];
  if (!want.exposeSecret && [...argv, ...(want.unless ?? [])].some(isSecret))
    mistakes.push(exposed);
  if (argv[0] === '' || want.unless?.[0] === '') mistakes.push('the name of the command is empty');
  if (isContent(want.stdin) && want.stdin.bytes === undefined) {
    mistakes.push('stdin takes content that is held in memory; copy a large file to the host');
  }
  return mistakes;
}

/** Why a secret in argv is refused. */
export const exposed =
  'a secret in the arguments can be seen by every user of the host: ' +
  'pass it through stdin or the environment, or set exposeSecret';

/**
 * Same where a guard holds, else the action.
 * @param run what it runs, and how people wrote it
 */
export function planCommand(
  want: CommandArguments,
  is: Readonly<Record<string, unknown>>,
  { script, command }: { readonly script: Script; readonly command: string },
): Plan<CommandResult> {
  if (guardHolds(want, is)) return same(didNotRun);
  const invalidates = commandInvalidates(want);
  return action({
    ...guarded(want, is),
    script: sh`umask ${want.umask}\n${script}`,
    command,
    result: (output) => ({ ran: true, ...commandOutput(output) }),
    failed: (output) => unwelcome(want.codes, output),
    ownLocale: true,
    ...(want.directory !== undefined && { directory: want.directory }),
    ...(want.stdin !== undefined && { stdin: bytesOf(want.stdin) }),
    ...(invalidates && { invalidates }),
  });
}

/** Words of a command for people, Secrets hidden. */
export const asWritten = (words: readonly Text[]): string =>
  words.map((word) => (isSecret(word) ? hidden : word)).join(' ');

/** Where the user has said what it can change, nothing else is read again. */
export const commandReach = ({ invalidates }: { readonly invalidates?: unknown }): Reach =>
  invalidates === undefined || typeof invalidates === 'function' ? 'everywhere' : 'host';

/** What the user says that it changes; undefined where nothing is said. */
export function commandInvalidates({
  invalidates,
}: Partial<CommandArguments>): Invalidates | undefined {
  if (invalidates === undefined) return undefined;
  if (invalidates === 'host') return 'everything';
  const { paths, readers } = invalidates;
  return { ...(paths && { paths }), ...(readers && { readers }) };
}

const didNotRun: CommandResult = { ran: false, code: 0, stdout: '', stderr: '', stdoutLines: [] };

/** Code and output as users want them. */
export function commandOutput(output: Output): Omit<CommandResult, 'ran'> {
  const stdout = output.stdout.replace(/\n+$/, '');
  const stdoutLines = stdout === '' ? [] : stdout.split('\n');
  return { code: output.code, stdout, stderr: output.stderr.replace(/\n+$/, ''), stdoutLines };
}

/** Why an exit code means failure, or undefined. */
export function unwelcome(
  codes: z.output<typeof exitCodes>,
  output: { readonly code: number },
): string | undefined {
  if (codes === 'any' || codes.includes(output.code)) return undefined;
  const known: Readonly<Record<number, string>> = {
    126: ' (found, but it cannot be executed)',
    127: ' (command not found)',
  };
  return `exit code ${output.code}${known[output.code] ?? ''}`;
}

function bytesOf(stdin: Text | Content): Buffer {
  if (isContent(stdin)) return stdin.bytes ?? Buffer.alloc(0);
  return Buffer.from(plain(stdin), 'utf8');
}
