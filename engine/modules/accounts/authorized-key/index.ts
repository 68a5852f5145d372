/** Module `authorizedKey`: public keys that may log in as a user. */
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import { alterationsOf } from '../../../module/alteration.ts';
import type { Known } from '../../../module/module.ts';
import { change, type Plan } from '../../../module/plan.ts';
import type { Read } from '../../../module/reader.ts';
import { file, type FileValue } from '../../../readers/files/file.ts';
import { home as homeOf, type Home } from '../../../readers/accounts/home.ts';
import { text, type TextValue } from '../../../readers/files/text.ts';
import { attributeDifferences, predictAttributes, setAttributes } from '../../shared/attributes.ts';
import { editKeys, keyMistakes } from './lines.ts';
import { planEdit, type EditFile } from '../../shared/edit-file.ts';
import { fileReturns, freshFile, predictPath, type FileResult } from '../../shared/file-result.ts';
import { parentOf } from '../../shared/parent.ts';
import { args, type AuthorizedKey } from './arguments.ts';

type KeyReads = {
  readonly home: Read<Home>;
  readonly file?: Read<FileValue>;
  readonly text?: Read<TextValue>;
  readonly folder?: Read<FileValue>;
};

export const authorizedKey = defineModule({
  name: 'authorizedKey',
  summary: 'Manages the public keys in the authorized_keys of a user.',
  args,
  example: `authorizedKey('deploy logs in', { user: 'deploy', key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1jVGNmsSDjFn5jDJ2lJZ8rJXaJ3Yq0xW8vJ0Qv4lLr deploy@example.org' })`,
  returns: fileReturns,
  mistakes: (want) => [
    ...keyMistakes(want),
    ...(want.exclusive && want.state === 'absent' ? ['exclusive needs state present'] : []),
  ],
  reads(want, known: Known): KeyReads {
    const home = homeOf({ user: want.user });
    const answer = known.get(home);
    const path = answer?.answer === 'value' ? pathOf(want, answer.value) : want.path;
    if (path === undefined) return { home };
    // links are not followed: who owns the folder could have root write anywhere
    return { home, file: file({ path }), text: text(path), folder: file({ path: parentOf(path) }) };
  },
  plan(want, is, on) {
    if (is.home === undefined) throw new StepError(`there is no user ${want.user}`);
    const path = pathOf(want, is.home);
    const folder = parentOf(path);
    refuseLink(path, is.file);
    if (want.path === undefined) refuseLink(folder, is.folder);
    const owner = { owner: want.user, group: is.home.gid };
    const wanted: EditFile = {
      path,
      state: want.state,
      create: true,
      backup: false,
      unsafeWrites: false,
      ...(want.state === 'present' && { ...owner, mode: '0600' }),
    };
    const made = want.path === undefined && want.state === 'present';
    const fresh = freshFile({ type: 'directory', mode: '0700' }, on.facts.user);
    const parent = is.folder ?? (made ? fresh : undefined);
    const plan = planEdit(wanted, { file: is.file, text: is.text, parent }, on, (lines) =>
      editKeys(want, lines),
    );
    return made ? withFolder(folder, { ...owner, mode: '0700' }, is.folder, fresh, plan) : plan;
  },
});

const pathOf = (want: AuthorizedKey, home: Home): string =>
  want.path ?? `${home.path === '/' ? '' : home.path}/.ssh/authorized_keys`;

function refuseLink(path: string, is: FileValue | undefined): void {
  if (is?.type !== 'link') return;
  throw new StepError(`${path} is a link to ${is.target ?? '?'}, which is not followed`, {
    hint: 'the owner of the folder could redirect the write of root; replace the link with a file',
  });
}

/** The folder before the file: sshd takes no keys from a folder that others can write. */
function withFolder(
  path: string,
  wanted: { readonly owner: string; readonly group: number; readonly mode: string },
  is: FileValue | undefined,
  fresh: FileValue,
  plan: Plan<FileResult>,
): Plan<FileResult> {
  const differences =
    is === undefined
      ? [{ what: path, from: 'absent', to: 'directory' }]
      : attributeDifferences(wanted, is).map((one) => ({ ...one, what: `${path}: ${one.what}` }));
  if (differences.length === 0 || plan.plan === 'action') return plan;
  const made = is === undefined ? [{ kind: 'folder', path, first: '0700' } as const] : [];
  const whole = predictAttributes(wanted, is ?? fresh);
  const rest = plan.plan === 'change' ? plan : { differences: [], alters: [], after: [] };
  return change({
    differences: [...differences, ...rest.differences],
    alters: [...made, setAttributes(path, wanted, is ?? fresh), ...alterationsOf(rest)],
    after: [...predictPath(path, whole), ...rest.after],
    invalidates: { paths: [path] },
    result: plan.result,
  });
}
