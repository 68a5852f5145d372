/** Module `tempFile`: a new file or folder that nobody else has. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { action } from '../../module/plan.ts';
import { doFunctions } from '../../shell/host/library-files.ts';
import { joinScripts, rawScript, sh } from '../../shell/script.ts';
import { absolutePath } from '../shared/argument.ts';

const part = z.string().regex(/^[\w.@+-]*$/, 'takes letters, digits and . _ @ + -');

export interface TempFileResult {
  readonly path: string;
}

export const tempFile = defineModule({
  name: 'tempFile',
  summary: 'Creates a temporary file or folder that only its user can read; remove it with file.',
  kind: 'action',
  reach: () => 'host',
  args: z.strictObject({
    state: z.enum(['file', 'directory']).default('file').describe('what to create'),
    folder: absolutePath.default('/tmp').describe('where'),
    prefix: part.default('play.').describe('beginning of its name'),
    suffix: part.default('').describe('end of its name'),
  }),
  example: `tempFile('a place to unpack', { state: 'directory', prefix: 'release.' })`,
  returns: { path: 'the new file or folder; only its owner can look into it' },
  plan(want) {
    const { folder } = want;
    // busybox's mktemp takes no suffix: the name is tried until it is free.
    const make =
      want.state === 'file' ? sh`(umask 077; set -C; : >"$path")` : sh`mkdir -m 0700 -- "$path"`;
    return action<TempFileResult>({
      script: joinScripts([
        rawScript('', doFunctions),
        sh`for try in 1 2 3 4 5 6 7 8 9; do
path=$(od -An -N6 -tx1 /dev/urandom) || exit
path=${`${folder}/${want.prefix}`}$(printf %s "$path" | tr -d ' \n')${want.suffix}
if said=$( ${make} 2>&1 ); then printf '%s\n' "$path"; exit 0; fi
if [ ! -e "$path" ]; then play_cannot 'make a temporary file in' ${`${folder}/`} "$said"; fi
done
play_fail "cannot make $path: it is there already"`,
      ]),
      result: ({ stdout }) => ({ path: stdout.trim() }),
      // What is temporary is no state of the host.
      changed: () => false,
      invalidates: { paths: [folder] },
    });
  },
});
