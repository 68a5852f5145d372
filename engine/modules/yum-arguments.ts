/** Arguments of the yum module. */
import { z } from 'zod';
import { absolutePath } from './argument.ts';
import { packageArguments } from './apt-arguments.ts';
import { contradictions, namedPackages, packageNames } from './package-names.ts';

const repositories = z.union([z.string().min(1), z.array(z.string().min(1))]);

export const yumArguments = z.strictObject({
  name: packageNames
    .optional()
    .describe(
      'packages; `name=version` or `name=version-release`, in which `*` and `?` match anything',
    ),
  rpm: z
    .union([absolutePath, z.array(absolutePath)])
    .optional()
    .describe('.rpm files on the host, installed with what they need'),
  ...packageArguments,
  enableRepo: repositories.optional().describe('repositories to use besides the enabled ones'),
  disableRepo: repositories.optional().describe('repositories not to use'),
});

export type YumWant = z.output<typeof yumArguments>;

export const listOf = (of: string | readonly string[] | undefined): readonly string[] =>
  of === undefined ? [] : typeof of === 'string' ? [of] : of;

/** Mistakes that the schema cannot say. */
export function yumMistakes(want: YumWant): readonly string[] {
  const names = namedPackages(want.name);
  const found = [...contradictions(names)];
  if (names.length === 0 && want.rpm === undefined) found.push('say name or rpm');
  if (want.state !== 'present' && names.some((one) => one.version !== undefined)) {
    found.push(`state ${want.state} takes names without versions`);
  }
  if (want.state === 'absent' && want.rpm !== undefined) {
    found.push('name the package to remove, not its .rpm file');
  }
  if (want.state === 'absent' && want.hold === true) found.push('what is absent cannot be held');
  if (want.autoremove && want.state !== 'absent') found.push('autoremove goes with state absent');
  return found;
}
