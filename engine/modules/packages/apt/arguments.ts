/** Arguments of the apt module. */
import { z } from 'zod';
import { absolutePath } from '../../shared/argument.ts';
import { contradictions, namedPackages, packageNames } from '../shared/names.ts';

/** Arguments that `pkg` has too. */
export const packageArguments = {
  state: z
    .enum(['present', 'absent', 'latest'])
    .default('present')
    .describe('`latest` uses the package lists of the host, unless cacheValidTime is given'),
  cacheValidTime: z
    .number()
    .min(0)
    .optional()
    .describe('greatest age of package lists in seconds; older ones are fetched again first'),
  updateCache: z
    .boolean()
    .default(false)
    .describe('fetch package lists first, as cacheValidTime: 0'),
  hold: z
    .boolean()
    .optional()
    .describe('hold the packages: nobody else upgrades or removes them; false: release them'),
  allowDowngrade: z.boolean().default(false).describe('an older version may replace a newer one'),
  autoremove: z.boolean().default(false).describe('remove dependencies that are no longer needed'),
  lockTimeout: z
    .number()
    .int()
    .min(0)
    .default(120)
    .describe('seconds to wait for the lock of the package database'),
};

export const aptArguments = z.strictObject({
  name: packageNames
    .optional()
    .describe('packages; `name=version` for a version, in which `*` and `?` match anything'),
  deb: z
    .union([absolutePath, z.array(absolutePath)])
    .optional()
    .describe('.deb files on the host, installed with their dependencies'),
  ...packageArguments,
  purge: z
    .boolean()
    .default(false)
    .describe('with absent and autoremove: also remove configuration files'),
  upgrade: z
    .enum(['safe', 'full'])
    .optional()
    .describe('upgrade all packages: `safe` removes none, `full` may'),
  onlyUpgrade: z.boolean().default(false).describe('do not install missing packages'),
  installRecommends: z
    .boolean()
    .optional()
    .describe("install recommended packages too; default: as the host's apt is configured"),
  defaultRelease: z.string().min(1).optional().describe('release to take packages from'),
  configFiles: z
    .enum(['keep', 'replace'])
    .default('keep')
    .describe('which configuration file to keep when a package has a new one'),
  startServices: z
    .boolean()
    .default(false)
    .describe('let packages start their services; false: the playbook starts them'),
  repair: z.boolean().default(false).describe('finish an interrupted dpkg first'),
});

export interface AptWant extends z.output<typeof aptArguments> {
  /** False: nobody reads what apt would do besides, which takes a host seconds to say. */
  readonly foresee?: boolean;
}

/** Mistakes that the schema cannot say. */
export function aptMistakes(want: AptWant): readonly string[] {
  const names = namedPackages(want.name);
  const found = [...contradictions(names)];
  const nothing = names.length === 0 && want.deb === undefined;
  if (nothing && want.upgrade === undefined && !want.autoremove && !want.repair) {
    found.push('say name, deb, upgrade, autoremove or repair');
  }
  if (want.state !== 'present' && names.some((one) => one.version !== undefined)) {
    found.push(`state ${want.state} takes names without versions`);
  }
  if (want.state === 'absent' && want.deb !== undefined) {
    found.push('name the package to remove, not its .deb file');
  }
  if (want.state === 'absent' && want.hold === true) found.push('what is absent cannot be held');
  return found;
}

/** Seconds that package lists are good for; undefined: as they are. */
export const listsGoodFor = (want: { cacheValidTime?: number | undefined; updateCache: boolean }) =>
  want.cacheValidTime ?? (want.updateCache ? 0 : undefined);

/** Paths of .deb files. */
export const debPaths = (want: AptWant): readonly string[] =>
  want.deb === undefined ? [] : typeof want.deb === 'string' ? [want.deb] : want.deb;
