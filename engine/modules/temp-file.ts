/** Module `tempFile`: a new file or folder that nobody else has. */
import { z } from 'zod';
import { defineModule } from '../dsl/define-module.ts';
import { act } from '../module/plan.ts';
import { sh } from '../shell/script.ts';
import { absolutePath } from './argument.ts';
import { attempt } from './attempt.ts';

const part = z.string().regex(/^[\w.@+-]*$/, 'takes letters, digits and . _ @ + -');

export interface TempFileResult {
  readonly path: string;
}

export const tempFile = defineModule({
  name: 'tempFile',
  summary: 'Makes a temporary file or folder for its user alone; remove it with file.',
  kind: 'action',
  args: z.strictObject({
    state: z.enum(['file', 'directory']).default('file').describe('what to make'),
    folder: absolutePath.default('/tmp').describe('where'),
    prefix: part.default('play.').describe('how its name begins'),
    suffix: part.default('').describe('how its name ends'),
  }),
  example: `tempFile('a place to unpack', { state: 'directory', prefix: 'release.' })`,
  returns: { path: 'the new file or folder; only its owner can look into it' },
  plan(want) {
    const { folder } = want;
    // busybox's mktemp takes no suffix: the name is tried until it is free.
    const make =
      want.state === 'file' ? sh`(umask 077; set -C; : >"$path")` : sh`mkdir -m 0700 -- "$path"`;
    return act<TempFileResult>({
      script: sh`${attempt('make a temporary file in', `${folder}/`, sh`test -d ${folder} -a -w ${folder}`)}
for try in 1 2 3 4 5 6 7 8 9; do
path=$(od -An -N6 -tx1 /dev/urandom) || exit
path=${`${folder}/${want.prefix}`}$(printf %s "$path" | tr -d ' \n')${want.suffix}
if ${make} 2>/dev/null; then printf '%s\n' "$path"; exit 0; fi
done
printf 'cannot make a temporary file in %s\n' ${folder} >&2
exit 1`,
      result: ({ stdout }) => ({ path: stdout.trim() }),
      // What is temporary is no state of the host.
      changed: () => false,
      touches: { paths: [folder] },
    });
  },
});
