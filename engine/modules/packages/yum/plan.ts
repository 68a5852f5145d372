/** What dnf or yum has to do, and how. */
import { StepError } from '../../../errors.ts';
import { byScript } from '../../../module/alteration.ts';
import type { Known, PlanContext } from '../../../module/module.ts';
import {
  change,
  predict,
  same,
  type Change,
  type Comes,
  type Prediction,
  type Same,
} from '../../../module/plan.ts';
import { absent, value, type Read } from '../../../module/reader.ts';
import { packageNamed, type Package } from '../../../readers/packages/package.ts';
import { rpmFile, yumUpdate, type RpmFile } from '../../../readers/packages/yum.ts';
import { yumGroups, yumUpdates } from '../../../readers/packages/yum-lists.ts';
import { versionsOf, type PackageResult } from '../apt/outcome.ts';
import { touchedByPackages } from '../shared/invalidates.ts';
import { namedGroups, namedRpms, rpmKey, rpmWord } from './names.ts';
import { compareRpmVersions, matchesRpmVersion } from './version.ts';
import { listOf, type YumWant } from './arguments.ts';
import { repositoryOptions, yumScript, type YumAction } from './script.ts';
import { yumSimulation, type YumSimulation } from '../../../readers/packages/yum-simulation.ts';
import { learningFrom } from '../shared/study.ts';

type YumReads = Readonly<Record<string, Read<unknown>>>;
type YumValues = Readonly<Record<string, unknown>>;
export type PackageRead = (name: string) => Read<Package>;

const inRpm: PackageRead = (name) => packageNamed(name, 'rpm');

/** @param read how to ask for a package; `pkg` asks without naming a database */
export function readsOfYum(want: YumWant, known: Known, read: PackageRead = inRpm): YumReads {
  const reads: Record<string, Read<unknown>> = {};
  const names = namedRpms(want.name).map(rpmKey);
  const options = repositoryOptions(want);
  for (const path of listOf(want.rpm)) {
    const file = rpmFile(path);
    reads[`rpm ${path}`] = file;
    const answer = known.get(file);
    if (answer?.answer === 'value') names.push(answer.value.name);
  }
  for (const name of names) {
    reads[`package ${name}`] = read(name);
    if (want.state === 'latest') {
      reads[`update ${name}`] = yumUpdate({ name: name.replace(':', '.'), options });
    }
  }
  if (namedGroups(want.name).length > 0) reads['groups'] = yumGroups({ options });
  if (want.upgrade) reads['updates'] = yumUpdates({ options });
  const words = want.foresee === true ? wordsToSimulate(want, reads, known) : [];
  return words.length === 0 ? reads : { ...reads, simulation: yumSimulation({ options, words }) };
}

/** Only what installs, and nothing else, is foreseen. */
function wordsToSimulate(want: YumWant, reads: YumReads, known: Known): readonly string[] {
  if (want.state === 'absent' || want.upgrade || namedGroups(want.name).length > 0) return [];
  const answers = Object.entries(reads).map(([name, read]) => [name, known.get(read)] as const);
  if (answers.some(([, answer]) => answer === undefined || answer.answer === 'denied')) return [];
  const is = Object.fromEntries(
    answers.map(([name, answer]) => [name, answer?.answer === 'value' ? answer.value : undefined]),
  );
  try {
    const actions = actionsOf(want, is);
    return actions.every(({ verb }) => verb === 'install') ? actions.map(({ word }) => word) : [];
  } catch (error) {
    // The plan says so.
    if (error instanceof StepError) return [];
    throw error;
  }
}

/** How it is told apart from what dpkg installs on a host that has both. */
const how = 'rpm';

export function planYum(
  want: YumWant,
  is: YumValues,
  on: PlanContext,
  read: PackageRead = inRpm,
): Change<PackageResult> | Same<PackageResult> {
  const actions = [...actionsOf(want, is), ...groupActions(want, is)];
  const updates = Object.entries((is['updates'] as Readonly<Record<string, string>>) ?? {});
  const named = Object.keys(is).filter((key) => key.startsWith('package '));
  const there = named.flatMap((key) => (is[key] as Package | undefined) ?? []);
  if (actions.length === 0 && updates.length === 0) {
    return same({ versions: versionsOf(there) });
  }
  const versions = { ...versionsOf(there) };
  const packages = actions.filter(({ name }) => !name.startsWith('@'));
  const simulation = is['simulation'] as YumSimulation | undefined;
  const comes = packagesIn(simulation);
  const others = Object.entries(comes?.packages ?? {}).filter(
    ([name]) => !packages.some((action) => action.name === name),
  );
  for (const action of packages) {
    if (action.verb === 'remove') delete versions[action.name];
    else versions[action.name] = action.to;
  }
  return change({
    differences: [
      ...(updates.length === 0 ? [] : [upgraded(updates)]),
      ...actions.flatMap(differencesOf),
    ],
    alters: [byScript('package', yumScript(want, actions))],
    after: [
      ...packages.map((action) => ({
        read: read(action.key),
        answer: action.verb === 'remove' ? absent : value(afterwards(action, is)),
      })),
      ...others.map(([name, version]) => ({
        read: read(name),
        answer: value({ ...installed, name, version }),
      })),
      ...listsAfter(want, is),
    ],
    invalidates: touchedByPackages(
      on.check,
      comes &&
        [...packages.map(({ key }) => key), ...others.map(([name]) => name)].map((name) =>
          packageNamed(name),
        ),
    ),
    result: { versions },
    timeout: 1800,
    long: true,
    brings: comes,
    learns: ({ stdout }) => learningFrom(stdout, how, 'rpm'),
  });
}

/** Where packages go too nobody knows what will be there. */
function packagesIn(simulation: YumSimulation | undefined): Comes | undefined {
  if (!simulation || simulation.problem !== undefined || simulation.removes.length > 0)
    return undefined;
  return { packages: simulation.installs, how };
}

/** Installed by dnf; its architecture is not told here. */
const installed = { arch: '', status: 'installed', held: false, database: 'rpm' } as const;

const upgraded = (updates: readonly (readonly [string, string])[]) => ({
  what: 'upgraded',
  from: '',
  to: updates.map((pair) => pair.join(' ')).join(', '),
});

const differencesOf = (action: YumAction) => [
  ...(action.verb === undefined ? [] : [{ what: action.name, from: action.from, to: action.to }]),
  ...(action.hold === undefined
    ? []
    : [{ what: `hold of ${action.name}`, from: !action.hold, to: action.hold }]),
];

/** Which groups there are then, and what still has an update. */
function listsAfter(want: YumWant, is: YumValues): readonly Prediction[] {
  const options = repositoryOptions(want);
  const named = namedGroups(want.name);
  const others = groupsThere(is).filter((name) => !named.includes(name));
  const groups = want.state === 'absent' ? others : [...others, ...named];
  return [
    ...(named.length === 0 ? [] : [predict(yumGroups({ options }), value(groups))]),
    ...(want.upgrade ? [predict(yumUpdates({ options }), value({}))] : []),
  ];
}

const groupsThere = (is: YumValues): readonly string[] =>
  (is['groups'] as readonly string[] | undefined) ?? [];

function groupActions(want: YumWant, is: YumValues): readonly YumAction[] {
  const there = groupsThere(is);
  const absent = want.state === 'absent';
  return namedGroups(want.name)
    .filter((name) => there.includes(name) === absent)
    .map((name) => ({
      name,
      key: name,
      word: name,
      verb: absent ? 'remove' : 'install',
      from: absent ? 'installed' : 'absent',
      to: absent ? 'absent' : 'installed',
      hold: undefined,
      locked: false,
    }));
}

function afterwards(action: YumAction, is: YumValues): Package {
  const now = is[`package ${action.key}`] as Package | undefined;
  const held = action.hold ?? now?.held ?? false;
  const version = action.verb === undefined ? (now?.version ?? '') : action.to;
  return {
    name: action.name,
    version: version === 'present' ? '' : version,
    arch: now?.arch ?? '',
    status: 'installed',
    held,
    database: 'rpm',
  };
}

function actionsOf(want: YumWant, is: YumValues): readonly YumAction[] {
  const files = listOf(want.rpm).map((path) => {
    const file = is[`rpm ${path}`] as RpmFile | undefined;
    if (file === undefined) throw new StepError(`${path} is not there`);
    return { name: file.name, key: file.name, version: file.version, word: path };
  });
  const names = namedRpms(want.name).map((one) => ({
    name: one.name,
    key: rpmKey(one),
    version: one.version,
    word: rpmWord(one),
  }));
  return [...names, ...files].flatMap((target) => actionOn(want, target, is) ?? []);
}

interface Target {
  readonly name: string;
  /** As it was asked. */
  readonly key: string;
  readonly version: string | undefined;
  readonly word: string;
}

function actionOn(want: YumWant, target: Target, is: YumValues): YumAction | undefined {
  const { name, key, word } = target;
  const now = is[`package ${key}`] as Package | undefined;
  if (want.state === 'absent') {
    if (now === undefined || now.name !== name) return undefined;
    const hold = now.held ? heldFalse(want, name) : undefined;
    return {
      name,
      key,
      word,
      verb: 'remove',
      from: now.version,
      to: 'absent',
      hold,
      locked: now.held,
    };
  }
  const update = is[`update ${key}`] as string | undefined;
  const hold =
    want.hold === undefined || (now?.held ?? false) === want.hold ? undefined : want.hold;
  const right =
    now !== undefined && update === undefined && matchesRpmVersion(now.version, target.version);
  if (right) {
    if (hold === undefined) return undefined;
    return {
      name,
      key,
      word,
      verb: undefined,
      from: now.version,
      to: now.version,
      hold,
      locked: now.held,
    };
  }
  if (now?.held === true && want.hold === undefined) heldFalse(want, name);
  const to = update ?? target.version ?? 'present';
  const older =
    now !== undefined &&
    target.version !== undefined &&
    !/[*?]/.test(target.version) &&
    compareRpmVersions(target.version, now.version) < 0;
  if (older && !want.allowDowngrade) {
    throw new StepError(`${name} ${now.version} is newer than ${target.version}`, {
      hint: 'add allowDowngrade: true',
    });
  }
  const verb = older ? 'downgrade' : update === undefined ? 'install' : 'upgrade';
  return {
    name,
    key,
    word,
    verb,
    from: now?.version ?? 'absent',
    to,
    hold: now?.held || hold ? want.hold : hold,
    locked: now?.held ?? false,
  };
}

/** @throws StepError unless the task frees the package */
function heldFalse(want: YumWant, name: string): false {
  if (want.hold === false) return false;
  throw new StepError(`${name} is locked by versionlock`, {
    hint: 'add hold: true to lock the new version, or hold: false',
  });
}
