/** Arguments of the yum module. */
import { z } from 'zod';
import { absolutePath } from '../../shared/argument.ts';
import { packageArguments } from '../apt/arguments.ts';
import { namedGroups, namedRpms, rpmContradictions, rpmNames } from './names.ts';

const repositories = z.union([z.string().min(1), z.array(z.string().min(1))]);

export const yumArguments = z.strictObject({
  name: rpmNames
    .optional()
    .describe(
      'packages: `name`, `name.arch`, `name=version` or `name=version-release` in which `*` and `?` match anything, `name-version-release.arch`; groups: `@id`, environments: `@^id`',
    ),
  rpm: z
    .union([absolutePath, z.array(absolutePath)])
    .optional()
    .describe('.rpm files on the host, installed with their dependencies'),
  ...packageArguments,
  upgrade: z.boolean().default(false).describe('upgrade all packages'),
  enableRepo: repositories.optional().describe('repositories to use besides the enabled ones'),
  disableRepo: repositories.optional().describe('repositories not to use'),
});

export interface YumWant extends z.output<typeof yumArguments> {
  /** Check: what comes with the packages is asked of dnf's own resolver. */
  readonly foresee?: boolean;
}

export const listOf = (of: string | readonly string[] | undefined): readonly string[] =>
  of === undefined ? [] : typeof of === 'string' ? [of] : of;

/** Mistakes that the schema cannot say. */
export function yumMistakes(want: YumWant): readonly string[] {
  const names = namedRpms(want.name);
  const groups = namedGroups(want.name);
  const found = [...rpmContradictions(names)];
  const nothing = names.length === 0 && groups.length === 0 && want.rpm === undefined;
  if (nothing && !want.upgrade) found.push('say name, rpm or upgrade');
  if (groups.length > 0 && want.state === 'latest') {
    found.push('groups are present or absent: upgrade brings the newest packages');
  }
  if (want.upgrade && want.state === 'absent') found.push('upgrade does not go with state absent');
  if (want.state !== 'present' && names.some((one) => one.version !== undefined)) {
    found.push(`state ${want.state} takes names without versions`);
  }
  if (want.state === 'absent' && want.rpm !== undefined) {
    found.push('name the package to remove, not its .rpm file');
  }
  if (want.state === 'absent' && want.hold === true) found.push('what is absent cannot be held');
  if (groups.length > 0 && names.length === 0 && want.hold !== undefined) {
    found.push('a group cannot be held: hold packages');
  }
  if (want.autoremove && want.state !== 'absent') found.push('autoremove goes with state absent');
  return found;
}
