/** Module `sudoers`: a file in /etc/sudoers.d, which only visudo's consent puts in place. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import type { Known } from '../../module/module.ts';
import { change, same, type Plan } from '../../module/plan.ts';
import type { FileValue } from '../../readers/files/file.ts';
import { contentOf } from '../../shell/content.ts';
import { absolutePath } from '../shared/argument.ts';
import { fileResult, fileReturns, predictPath, type FileResult } from '../shared/file-result.ts';
import { planPut, putReads, type PutFile } from '../shared/put-file.ts';

const oneLine = z.string().regex(/^[^\r\n\0]+$/, 'must be one line');
/** A name, `#uid`, or `ALL`. */
const account = z
  .string()
  .regex(/^(#\d+|[A-Za-z0-9_][\w.-]*\$?)$/, 'is not the name of an account');

const args = z.strictObject({
  name: z
    .string()
    .regex(/^[\w-]+$/, 'sudo skips files whose names hold a dot or end with ~')
    .describe('name of the file'),
  user: account.optional().describe('user who gets the rights'),
  group: account.optional().describe('or a group, for all its members'),
  commands: z
    .array(oneLine)
    .min(1)
    .default(['ALL'])
    .describe('commands: absolute paths with arguments, or ALL'),
  runAs: oneLine.default('ALL:ALL').describe('users and groups to run as: root, or ALL:ALL'),
  passwordless: z.boolean().default(false).describe('do not ask for a password'),
  rules: z
    .array(oneLine)
    .default([])
    .describe('further lines in the syntax of sudoers, also Defaults'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
  folder: absolutePath.default('/etc/sudoers.d').describe('the folder that sudoers includes'),
});
type Arguments = z.output<typeof args>;

interface Prepared {
  readonly want: Arguments;
  readonly put: PutFile;
}

export const sudoers = defineModule({
  name: 'sudoers',
  summary: 'Manages a rule in /etc/sudoers.d, checked by visudo before it is installed.',
  args,
  example: `sudoers('deploy restarts the shop', { name: 'deploy', user: 'deploy', commands: ['/usr/bin/systemctl restart shop'], passwordless: true })`,
  returns: fileReturns,
  mistakes(want) {
    const mistakes: string[] = [];
    if (want.user !== undefined && want.group !== undefined) mistakes.push('give user or group');
    const none = want.user === undefined && want.group === undefined && want.rules.length === 0;
    if (want.state === 'present' && none) mistakes.push('give user, group or rules');
    for (const command of want.commands) {
      if (!/^!?\s*(\/|[A-Z][A-Z0-9_]*$|sudoedit( |$))/.test(command)) {
        mistakes.push(`'${command}' is no absolute path, and sudo takes nothing else`);
      }
    }
    return mistakes;
  },
  prepare: (want, controller) =>
    Promise.resolve({ want, put: { ...fileOf(want), diff: controller.diff } }),
  reads: ({ put }: Prepared, known: Known) => putReads(put, known),
  plan({ want, put }, is, on) {
    return want.state === 'present' ? planPut(put, is, on) : remove(put.dest, is.file);
  },
});

function fileOf(want: Arguments): Omit<PutFile, 'diff'> {
  const who = want.group === undefined ? want.user : `%${want.group}`;
  const tag = want.passwordless ? 'NOPASSWD: ' : '';
  const rule = `${who} ALL=(${want.runAs}) ${tag}${want.commands.map(escaped).join(', ')}`;
  const lines = [...(who === undefined ? [] : [rule]), ...want.rules];
  return {
    dest: `${want.folder}/${want.name}`,
    content: contentOf(lines.map((line) => `${line}\n`).join('')),
    mode: '0440',
    owner: 'root',
    group: 'root',
    validate: 'visudo -cf %s',
    backup: false,
    force: true,
    follow: false,
    unsafeWrites: false,
  };
}

/** Between commands a comma would separate; in arguments these stand for themselves only escaped. */
const escaped = (command: string): string => command.replace(/(?<!\\)([,:=])/g, '\\$1');

function remove(path: string, is: FileValue | undefined): Plan<FileResult> {
  if (is === undefined) return same(fileResult(path, undefined));
  return change({
    differences: [{ what: 'state', from: is.type, to: 'absent' }],
    alters: [{ kind: 'remove', path }],
    after: predictPath(path, undefined),
    invalidates: { paths: [path] },
    result: fileResult(path, undefined),
  });
}
