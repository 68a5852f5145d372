/** What apt's actions change, for people, and what is installed afterwards, for check. */
import type { Difference } from '../../../module/plan.ts';
import { absent, value, type Answer } from '../../../module/reader.ts';
import type { AptSimulation } from '../../../readers/packages/apt.ts';
import type { Package } from '../../../readers/packages/package.ts';
import type { AptAction, Target } from './actions.ts';
import type { AptWant } from './arguments.ts';

export interface PackageResult {
  /** Name to installed version. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The packages that were named, and in one line each what comes and goes with them. */
export function differencesOf(
  want: AptWant,
  actions: readonly AptAction[],
  simulations: readonly AptSimulation[],
): readonly Difference[] {
  const named = new Set(actions.map((action) => action.name));
  const wanted = Object.entries(
    Object.assign({}, ...simulations.map((one) => one.installs)) as object,
  );
  const versions = new Map(wanted.map(([name, version]) => [name, String(version)]));
  const comes = [...versions].filter(([name]) => !named.has(name)).map((pair) => pair.join(' '));
  const goes = [...new Set(simulations.flatMap((one) => one.removes))].filter(
    (name) => !named.has(name),
  );
  return [
    ...actions.flatMap((action): Difference[] => [
      ...(action.get === undefined
        ? []
        : [{ what: action.name, from: action.from, to: versions.get(action.name) ?? action.to }]),
      ...(action.manual
        ? [{ what: `mark of ${action.name}`, from: 'automatic', to: 'manual' }]
        : []),
      ...(action.hold === undefined || (action.get !== undefined && !action.hold)
        ? []
        : [{ what: `hold of ${action.name}`, from: !action.hold, to: action.hold }]),
    ]),
    ...(comes.length === 0
      ? []
      : [
          {
            what: want.upgrade === undefined ? 'comes with it' : 'upgraded',
            from: '',
            to: comes.join(', '),
          },
        ]),
    ...(goes.length === 0 ? [] : [{ what: 'removed', from: goes.join(', '), to: '' }]),
  ];
}

type Predicted = Answer<Package> | { readonly answer: 'unknown' };

/** Name and answer of every package that is named or changes. */
export function packagesAfter(
  targets: readonly Target[],
  is: Readonly<Record<string, unknown>>,
  actions: readonly AptAction[],
  simulations: readonly AptSimulation[],
): readonly (readonly [string, Predicted])[] {
  const after = new Map<string, Predicted>();
  for (const simulation of simulations) {
    for (const name of simulation.removes) after.set(name, absent);
    for (const [name, version] of Object.entries(simulation.installs)) {
      after.set(name, value(installed(name, version, false)));
    }
  }
  for (const { name } of targets) {
    const now = is[`package ${name}`] as Package | undefined;
    const action = actions.find((one) => one.name === name);
    if (action === undefined) continue;
    const held = action.hold ?? now?.held ?? false;
    const simulated = after.get(name);
    if (action.get === undefined && now !== undefined) {
      const { auto, ...rest } = now;
      const kept = auto && !action.manual ? { auto } : {};
      after.set(name, value({ ...rest, ...kept, held }));
    }
    // dpkg keeps a removed package on its books if it has configuration files: it alone knows.
    else if (action.get === 'remove') after.set(name, { answer: 'unknown' });
    else if (action.get === 'purge') after.set(name, absent);
    else {
      const version = simulated?.answer === 'value' ? simulated.value.version : action.to;
      after.set(name, value(installed(name, version === 'present' ? '' : version, held)));
    }
  }
  return [...after];
}

const installed = (name: string, version: string, held: boolean): Package => ({
  name: name.split(':')[0] ?? name,
  version,
  arch: '',
  status: 'installed',
  held,
  database: 'dpkg',
});

/** Versions of what is installed. */
export const versionsOf = (packages: readonly Package[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    packages.filter((one) => one.status === 'installed').map((one) => [one.name, one.version]),
  );
