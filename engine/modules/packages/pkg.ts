/** Packages by whichever package manager the host has. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import type { Known, PlanContext } from '../../module/module.ts';
import type { Plan } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { packageDatabase, packageNamed } from '../../readers/packages/package.ts';
import { aptArguments, packageArguments, type AptWant } from './apt/arguments.ts';
import { planApt, readsOfApt, type PackageResult } from './apt/plan.ts';
import { touchedByPackages } from './shared/invalidates.ts';
import { contradictions, namedPackages, packageNames } from './shared/names.ts';
import { yumArguments, type YumWant } from './yum/arguments.ts';
import { planYum, readsOfYum } from './yum/plan.ts';

const byFamily = z.strictObject({
  debian: packageNames.optional().describe('names on Debian and its derivatives'),
  redhat: packageNames.optional().describe('names on Red Hat and its derivatives'),
});

const args = z.strictObject({
  name: z
    .union([packageNames, byFamily])
    .describe('packages; or their names for each family of systems'),
  ...packageArguments,
  purge: z
    .boolean()
    .default(false)
    .describe('with absent: also remove configuration files, where the system keeps them'),
  startServices: z
    .boolean()
    .default(false)
    .describe('let packages start their services; false: the playbook starts them'),
});

interface Want extends z.output<typeof args> {
  /** As in AptWant. */
  readonly foresee?: boolean;
}
type Family = 'debian' | 'redhat';

const asIs = (name: string) => packageNamed(name);

export const pkg = defineModule({
  name: 'pkg',
  summary: "Installs and removes packages with the host's package manager.",
  args,
  example: `pkg('etcd', { name: { debian: ['etcd-server', 'etcd-client'], redhat: 'etcd' } });`,
  returns: {
    versions: 'name of each package to its installed version; those that are absent are left out',
  },
  mistakes: (want: Want) => [
    ...(['debian', 'redhat'] as const).flatMap((family) =>
      contradictions(namedPackages(namesOf(want, family))),
    ),
    ...(want.state === 'absent' && want.hold === true ? ['what is absent cannot be held'] : []),
  ],
  prepare: async (want, { check }): Promise<Want> => ({ ...want, foresee: check }),
  reads: readsOf,
  mayInvalidate: () => touchedByPackages(false, undefined),
  plan: planOf,
});

const namesOf = (want: Want, family: Family) =>
  typeof want.name === 'string' || Array.isArray(want.name) ? want.name : want.name[family];

/**
 * Which family the host is of is not known yet: packages of both are asked in the first round, so
 * a host that is as wanted needs no second one.
 */
function readsOf(want: Want, known: Known): Readonly<Record<string, Read<unknown>>> {
  const database = packageDatabase('host');
  const answer = known.get(database);
  if (answer?.answer === 'value') {
    const more =
      answer.value === 'dpkg'
        ? readsOfApt(aptWant(want), known, asIs)
        : readsOfYum(yumWant(want), known, asIs);
    return { database, ...more };
  }
  const names = (['debian', 'redhat'] as const).flatMap((family) =>
    namedPackages(namesOf(want, family)).map(({ name }) => name),
  );
  const packages = names.map((name) => [`package ${name}`, packageNamed(name)] as const);
  return { database, ...Object.fromEntries(answer === undefined ? packages : []) };
}

function planOf(
  want: Want,
  is: Readonly<Record<string, unknown>>,
  on: PlanContext,
): Plan<PackageResult> {
  const database = is['database'];
  if (database !== 'dpkg' && database !== 'rpm') {
    throw new StepError(`packages of ${on.facts.os.id || 'this system'} are not supported`, {
      hint: 'pkg knows apt, dnf and yum; elsewhere use command with a guard',
    });
  }
  const family = database === 'dpkg' ? 'debian' : 'redhat';
  if (namesOf(want, family) === undefined) {
    throw new StepError(`there is no name for the packages of ${family}`, {
      hint: `add ${family}: […] to name, or choose by facts`,
    });
  }
  return family === 'debian'
    ? planApt(aptWant(want), is, on, asIs)
    : planYum(yumWant(want), is, on, asIs);
}

function aptWant(want: Want): AptWant {
  const { foresee = true, ...rest } = want;
  return { ...aptArguments.parse({ ...rest, name: namesOf(want, 'debian') ?? [] }), foresee };
}

function yumWant(want: Want): YumWant {
  const { purge: _purge, startServices: _start, foresee = false, autoremove, ...rest } = want;
  const parsed = yumArguments.parse({
    ...rest,
    autoremove: autoremove && want.state === 'absent',
    name: namesOf(want, 'redhat') ?? [],
  });
  return { ...parsed, foresee };
}
