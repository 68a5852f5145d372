/** What apt reads and what follows. */
import { StepError } from '../../../errors.ts';
import { byScript } from '../../../module/alteration.ts';
import {
  action,
  change,
  same,
  type Action,
  type Change,
  type Comes,
  type Difference,
  type Same,
} from '../../../module/plan.ts';
import type { Known, PlanContext } from '../../../module/module.ts';
import type { Read } from '../../../module/reader.ts';
import {
  aptLists,
  aptOffer,
  aptSimulation,
  debFile,
  dpkgBroken,
} from '../../../readers/packages/apt.ts';
import type { AptLists, AptSimulation, DebFile, Offer } from '../../../readers/packages/apt.ts';
import { packageNamed, type Package } from '../../../readers/packages/package.ts';
import { joinScripts, rawScript, sh } from '../../../shell/script.ts';
import { aptActionOn, type AptAction, type Target } from './actions.ts';
import { debPaths, listsGoodFor, type AptWant } from './arguments.ts';
import { differencesOf, packagesAfter, versionsOf, type PackageResult } from './outcome.ts';
import { uncertaintyOf } from './problems.ts';
import { aptCommands, aptScript } from './script.ts';
import { namedPackages } from '../shared/names.ts';
import { packageNews } from '../shared/news.ts';
import { learningFrom } from '../shared/study.ts';
import { touchedByPackages } from '../shared/invalidates.ts';

export type { PackageResult } from './outcome.ts';

type AptReads = Readonly<Record<string, Read<unknown>>>;
type AptValues = Readonly<Record<string, unknown>>;

export type PackageRead = (name: string) => Read<Package>;

const inDpkg: PackageRead = (name) => packageNamed(name, 'dpkg');

/**
 * First the packages; where something has to change, what apt would do, so that check can say it
 * and knows the dependencies.
 */
/** @param read how to ask for a package; `pkg` asks without naming a database */
export function readsOfApt(want: AptWant, known: Known, read: PackageRead = inDpkg): AptReads {
  const reads: Record<string, Read<unknown>> = {};
  const answers: Record<string, unknown> = {};
  const ask = (name: string, read: Read<unknown>): boolean => {
    reads[name] = read;
    const answer = known.get(read);
    if (answer?.answer === 'value') answers[name] = answer.value;
    return answer !== undefined && answer.answer !== 'denied';
  };
  let answered = true;
  for (const path of debPaths(want)) answered = ask(`deb ${path}`, debFile(path)) && answered;
  for (const { name } of targetsOf(want, answers)) {
    answered = ask(`package ${name}`, read(name)) && answered;
    if (want.state === 'latest') answered = ask(`offer ${name}`, aptOffer(name)) && answered;
  }
  if (want.repair) answered = ask('broken', dpkgBroken('dpkg')) && answered;
  if (usesLists(want)) answered = ask('lists', aptLists('lists')) && answered;
  if (!answered || !needsSimulation(want)) return reads;
  for (const [index, argv] of simulatedCommands(want, actionsOf(want, answers)).entries()) {
    ask(`simulation ${index}`, aptSimulation({ argv }));
  }
  // Whether it is apt's last word depends on how old the lists are that it has it from.
  if (simulationsIn(answers).some((one) => one.problem !== undefined)) {
    ask('age of the lists', aptLists('lists'));
  }
  return reads;
}

/** A real run needs it only where it decides whether there is something to do at all. */
const needsSimulation = (want: AptWant) =>
  want.foresee !== false || want.upgrade !== undefined || want.autoremove;

const usesLists = (want: AptWant) =>
  listsGoodFor(want) !== undefined && (want.state === 'latest' || want.upgrade !== undefined);

function targetsOf(want: AptWant, is: AptValues): readonly Target[] {
  const debs = debPaths(want).flatMap((path): Target[] => {
    const deb = is[`deb ${path}`] as DebFile | undefined;
    return deb === undefined ? [] : [{ name: deb.name, version: deb.version, deb: path }];
  });
  return [...namedPackages(want.name), ...debs];
}

function actionsOf(want: AptWant, is: AptValues): readonly AptAction[] {
  return targetsOf(want, is).flatMap((target) => {
    const offer = is[`offer ${target.name}`] as Offer | undefined;
    const now = is[`package ${target.name}`] as Package | undefined;
    return aptActionOn(want, target, now, offer?.candidate) ?? [];
  });
}

/** The apply frees held packages first, so the simulation looks past the hold. */
function simulatedCommands(want: AptWant, actions: readonly AptAction[]): readonly string[][] {
  const frees = actions.some((action) => action.hold !== undefined);
  return aptCommands(want, actions).map((argv) =>
    frees ? ['--allow-change-held-packages', ...argv] : argv,
  );
}

/** The plan of apt and, on Debian's family, of pkg. */
export function planApt(
  want: AptWant,
  is: AptValues,
  on: PlanContext,
  read: PackageRead = inDpkg,
): Change<PackageResult> | Same<PackageResult> | Action<PackageResult> {
  for (const path of debPaths(want)) {
    if (is[`deb ${path}`] === undefined) throw new StepError(`${path} is not there`);
  }
  const lists = is['lists'] as AptLists | undefined;
  const good = listsGoodFor(want) ?? Infinity;
  if (lists !== undefined && (!lists.present || lists.age >= good))
    return fetchThenDecide(want, is);
  const actions = actionsOf(want, is);
  const simulations = simulationsIn(is);
  const broken = (is['broken'] as readonly string[] | undefined) ?? [];
  const differences = [
    ...broken.map((name) => ({ what: name, from: 'broken', to: 'repaired' })),
    ...differencesOf(want, actions, simulations),
  ];
  const installed = targetsOf(want, is).flatMap(
    ({ name }) => (is[`package ${name}`] as Package | undefined) ?? [],
  );
  if (differences.length === 0) return same({ versions: versionsOf(installed) });
  const after = packagesAfter(targetsOf(want, is), is, actions, simulations);
  const told = simulations.every((one) => one.problem === undefined) && broken.length === 0;
  const uncertainBecause = uncertaintyOf(
    simulations,
    is['age of the lists'] as AptLists | undefined,
  );
  return change({
    differences,
    alters: [byScript('package', aptScript(want, actions))],
    after: after.map(([name, answer]) => ({ read: read(name), answer })),
    invalidates: touchedByPackages(
      on.check,
      told ? after.map(([name]) => packageNamed(name)) : undefined,
    ),
    result: {
      versions: versionsOf(
        after.flatMap(([, answer]) => (answer.answer === 'value' ? answer.value : [])),
      ),
    },
    timeout: 1800,
    long: true,
    ...(uncertainBecause !== undefined && { uncertainBecause }),
    brings: broughtBy(want, actions, simulations),
    learns: ({ stdout }) => learningFrom(stdout, howOf(want)),
    told: ({ stdout }) => toldBy(stdout, want, actions) ?? differences,
  });
}

/** Where packages go too, or a script runs that says nothing, nobody knows what will be there. */
function broughtBy(
  want: AptWant,
  actions: readonly AptAction[],
  simulations: readonly AptSimulation[],
): Comes | undefined {
  if (want.repair || actions.some(({ get }) => get === 'remove' || get === 'purge'))
    return undefined;
  if (simulations.some(({ removes, problem }) => removes.length > 0 || problem !== undefined)) {
    return undefined;
  }
  const packages = Object.fromEntries(
    simulations.flatMap(({ installs }) => Object.entries(installs)),
  );
  return Object.keys(packages).length === 0 ? undefined : { packages, how: howOf(want) };
}

const howOf = (want: AptWant): string => (want.startServices ? 'started' : '');

/** The same words as in check, from what the script says that it did. */
function toldBy(
  stdout: string,
  want: AptWant,
  actions: readonly AptAction[],
): readonly Difference[] | undefined {
  const news = packageNews(stdout);
  if (!news) return undefined;
  const installs = Object.fromEntries(news.came.map(({ name, version }) => [name, version]));
  const removes = news.went.map(({ name }) => name).filter((name) => !(name in installs));
  return differencesOf(want, actions, [{ installs, removes, problem: undefined }]);
}

const simulationsIn = (is: AptValues): readonly AptSimulation[] =>
  Object.entries(is).flatMap(([name, one]) =>
    name.startsWith('simulation ') && one !== undefined ? [one as AptSimulation] : [],
  );

/** With lists that are too old nobody can tell what is newest: fetch them, then see. */
function fetchThenDecide(want: AptWant, is: AptValues): Action<PackageResult> {
  const names = namedPackages(want.name).map(({ name }) => name);
  const actions = targetsOf(want, is).map(({ name, deb }): AptAction => {
    const word = deb ?? name;
    return { name, word, get: 'install', hold: want.hold, from: '', to: '' };
  });
  return action({
    script: joinScripts([
      rawScript(
        "state() { dpkg-query -W -f '${Package} ${Version} ${Status}\\n' | cksum; }\nbefore=$(state)",
      ),
      aptScript(want, actions),
      sh`[ "$before" = "$(state)" ] || printf 'tsplay changed\\n'
for name in ${names}; do dpkg-query -W -f 'tsplay ${rawScript('${Package} ${Version}')}\\n' -- "$name"; done`,
    ]),
    changed: ({ stdout }) => /^tsplay changed$/m.test(stdout),
    result: ({ stdout }) => ({
      versions: Object.fromEntries(
        [...stdout.matchAll(/^tsplay (\S+) (\S+)$/gm)].map(([, name = '', version = '']) => [
          name,
          version,
        ]),
      ),
    }),
    differences: [{ what: 'package lists', from: 'too old to tell', to: 'fetched' }],
    invalidates: touchedByPackages(false, undefined),
    timeout: 1800,
  });
}
