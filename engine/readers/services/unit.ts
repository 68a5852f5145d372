/** Units of systemd: one `systemctl show` for all of a scope. */
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
  type ReaderOutput,
} from '../../module/reader.ts';
import { broughtNamed, fieldsOf, type Learned } from '../packages/brought-answers.ts';
import { quote } from '../../shell/quote.ts';
import { StepError } from '../../errors.ts';

export type UnitScope = 'system' | 'user';

export interface UnitKey {
  /** With its suffix. */
  readonly unit: string;
  readonly scope: UnitScope;
}

/** A unit as systemd has it. */
export interface Unit {
  /** The unit's own name where it was asked by an alias. */
  readonly id: string;
  /** `loaded`, `masked`, `bad-setting`, `error`, `not-found` (running though its file is gone). */
  readonly loadState: string;
  /** `active`, `reloading`, `inactive`, `failed`, `activating`, `deactivating`. */
  readonly activeState: string;
  readonly subState: string;
  /** `enabled`, `disabled`, `static`, `masked`, `generated`, …; empty for units without a file. */
  readonly unitFileState: string;
  readonly preset: string;
  readonly fragmentPath: string;
  readonly needDaemonReload: boolean;
  /** 0 where it has no process. */
  readonly mainPid: number;
  /** Changes with each start. */
  readonly invocationId: string;
  /** Automatic restarts since the last start by hand. */
  readonly restarts: number;
  /** `success` or why it failed last. */
  readonly result: string;
  /** `simple`, `notify`, `oneshot`, …; empty for units that are no services. */
  readonly type: string;
  readonly remainAfterExit: boolean;
  readonly canReload: boolean;
  readonly triggeredBy: readonly string[];
  /** A job for the unit waits in systemd's queue. */
  readonly job: boolean;
  /** For units made from an init script: whether a runlevel starts it. */
  readonly sysvEnabled: boolean | undefined;
  /** Microseconds since boot. */
  readonly changedAt: number;
}

const properties = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'UnitFilePreset',
  'FragmentPath',
  'SourcePath',
  'NeedDaemonReload',
  'MainPID',
  'InvocationID',
  'NRestarts',
  'Result',
  'Type',
  'RemainAfterExit',
  'CanReload',
  'TriggeredBy',
  'Job',
  'ActiveEnterTimestampMonotonic',
  'StateChangeTimestampMonotonic',
].join(',');

/**
 * Asked before any unit. systemd remembers which folders of drop-ins there are and looks again only
 * when it loads a unit that it does not know: without this, NeedDaemonReload of a unit that is
 * loaded stays `no` when it gets its first drop-in, and a start takes no notice of it.
 */
export const noSuchUnit = 'tsplay-no-such-unit.service';

const systemFolders = [
  '/etc/systemd/system/',
  '/run/systemd/system/',
  '/usr/local/lib/systemd/system/',
  '/usr/lib/systemd/system/',
  '/lib/systemd/system/',
];
const userFolders = [
  '/root/.config/systemd/user/',
  '/etc/systemd/user/',
  '/run/systemd/user/',
  '/usr/lib/systemd/user/',
];

const unitReader = defineReader<UnitKey, Unit>({
  name: 'unit',
  script: (
    keys,
    mark,
  ) => `if ! command -v systemctl >/dev/null 2>&1; then printf '%s missing\\n' ${mark}
elif [ ! -d /run/systemd/system ]; then printf '%s off\\n' ${mark}
else
${show('system', keys, mark)}${show('user', keys, mark)}fi`,
  parse: parseUnits,
  dependsOn: filesOf,
  // The links that enable a unit lie in folders of systemd's own.
  ways: ({ unit: name, scope }) =>
    foldersOf(scope).flatMap((folder) => [folder, `${folder}${name}`]),
  names: ({ scope }, is) => (is.answer === 'value' ? [`${scope} ${is.value.id}`] : []),
  brought: {
    answer: ({ unit: name, scope }, brought, now) =>
      scope === 'user' ? 'unchanged' : broughtNamed('units', name, brought, now, unitOf),
  },
});

/**
 * Reads a unit; absent where systemd does not know it.
 * @param name with or without suffix; without one it is a service
 * @param scope `system` (default), or the units of the user
 * @returns a read of a Unit
 * @example
 * export const reads = { web: readers.unit('nginx'), daily: readers.unit('backup.timer') };
 */
export const unit: ((name: string, scope?: UnitScope) => Read<Unit>) & {
  readonly definition: typeof unitReader.definition;
} = Object.assign(
  (name: string, scope: UnitScope = 'system') => unitReader({ unit: unitName(name), scope }),
  { definition: unitReader.definition },
);

const suffix =
  /\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope|snapshot)$/;

/** The name with its suffix. */
export const unitName = (name: string): string => (suffix.test(name) ? name : `${name}.service`);

const targets = ['multi-user', 'default', 'graphical', 'timers', 'sockets', 'network-online'];

const foldersOf = (scope: UnitScope): readonly string[] =>
  scope === 'system' ? systemFolders : userFolders;

/** The unit's file, the template's, their drop-ins and the usual links that enable it. */
function filesOf({ unit: name, scope }: UnitKey): readonly string[] {
  const template = name.replace(/@.*(?=\.[a-z]+$)/, '@');
  const names = template === name ? [name] : [name, template];
  return [
    ...foldersOf(scope).flatMap((folder) => [
      ...names.flatMap((one) => [`${folder}${one}`, `${folder}${one}.d/`]),
      ...targets.map((target) => `${folder}${target}.target.wants/${name}`),
    ]),
    ...(scope === 'system' ? [`/etc/init.d/${name.replace(/\.service$/, '')}`] : ['/home/']),
  ];
}

function show(scope: UnitScope, keys: readonly UnitKey[], mark: string): string {
  const units = keys.filter((key) => key.scope === scope).map((key) => quote(key.unit));
  if (units.length === 0) return '';
  const names = units.join(' ');
  const user = scope === 'user';
  const runtime = user ? 'XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} ' : '';
  const folders = user
    ? '/etc/systemd/user "${HOME:-/}/.config/systemd/user"'
    : '/etc/systemd/system';
  return `printf '%s ${scope}\\n' ${mark}
${runtime}systemctl ${user ? '--user ' : ''}show -p ${properties} -- ${noSuchUnit} ${names}
printf '\\n%s code %s\\n' ${mark} "$?"
for u in ${names}; do
  for d in ${folders} /run/systemd/${scope} /usr/lib/systemd/${scope} /lib/systemd/${scope}; do
    if [ -e "$d/$u" ]; then printf '%s disk %s\\n' ${mark} "$u"; break; fi
  done
  n=\${u%.service}
  if [ -e "/etc/init.d/$n" ]; then
    for l in /etc/rc[2345].d/S[0-9][0-9]"$n"; do
      if [ -e "$l" ]; then printf '%s runlevel %s\\n' ${mark} "$u"; break; fi
    done
  fi
done
`;
}

/** A unit that was learned elsewhere: it does not run here. */
function unitOf(of: Learned): Unit {
  const { text, flag } = fieldsOf(of);
  return {
    id: text('id'),
    loadState: text('loadState'),
    activeState: text('activeState'),
    subState: text('subState'),
    unitFileState: text('unitFileState'),
    preset: text('preset'),
    fragmentPath: text('fragmentPath'),
    needDaemonReload: false,
    mainPid: 0,
    invocationId: '',
    restarts: 0,
    result: text('result'),
    type: text('type'),
    remainAfterExit: flag('remainAfterExit'),
    canReload: flag('canReload'),
    triggeredBy: fieldsOf(of).texts('triggeredBy'),
    job: false,
    sysvEnabled: typeof of['sysvEnabled'] === 'boolean' ? of['sysvEnabled'] : undefined,
    changedAt: 0,
  };
}

const noManager =
  'systemd runs no manager for this user: loginctl enable-linger, for that user, keeps one running';

interface ScopeAnswer {
  code: number;
  blocks: Map<string, string>[];
  onDisk: Set<string>;
  inRunlevel: Set<string>;
}

function parseUnits(
  output: ReaderOutput,
  keys: readonly UnitKey[],
  mark: string,
): readonly Answer<Unit>[] {
  const text = output.stdout.toString('utf8');
  if (text === `${mark} missing\n`) return keys.map(() => denied('this host has no systemctl'));
  if (text === `${mark} off\n`) {
    return keys.map(() => denied('systemd does not run on this host'));
  }
  const scopes = new Map<string, ScopeAnswer>();
  for (const part of text.split(`${mark} `).slice(1)) takePart(part, scopes);
  const next = { system: 0, user: 0 };
  return keys.map((key): Answer<Unit> => {
    const scope = scopes.get(key.scope);
    if (scope === undefined || scope.code === -1) throw new StepError('no answer of systemctl');
    const block = scope.blocks[next[key.scope]++];
    if (block !== undefined) return answerOf(key.unit, block, scope);
    const said = output.stderr.trim() || `systemctl show ended with ${scope.code}`;
    return denied(key.scope === 'user' ? `${noManager} (${said})` : said);
  });
}

/** `system`, `user`, `code`, `disk` or `runlevel`, and what belongs to it. */
function takePart(part: string, scopes: Map<string, ScopeAnswer>): void {
  const end = part.indexOf('\n');
  const [word = '', argument = ''] = part.slice(0, end).split(' ');
  if (word === 'system' || word === 'user') {
    const blocks = part
      .slice(end + 1)
      .split(/\n\n+/)
      .filter((block) => block.trim() !== '');
    scopes.set(word, {
      code: -1,
      blocks: blocks.map(propertiesOf).filter((block) => block.get('Id') !== noSuchUnit),
      onDisk: new Set(),
      inRunlevel: new Set(),
    });
    return;
  }
  const current = [...scopes.values()].at(-1);
  if (current === undefined) return;
  if (word === 'code') current.code = Number(argument);
  if (word === 'disk') current.onDisk.add(argument);
  if (word === 'runlevel') current.inRunlevel.add(argument);
}

function propertiesOf(block: string): Map<string, string> {
  return new Map(
    block
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

function answerOf(name: string, of: Map<string, string>, scope: ScopeAnswer): Answer<Unit> {
  const text = (property: string) => of.get(property) ?? '';
  const activeState = text('ActiveState');
  const notFound = text('LoadState') === 'not-found';
  const onDisk = scope.onDisk.has(name);
  if (notFound && !onDisk && activeState === 'inactive') return absent;
  const since = text('ActiveEnterTimestampMonotonic');
  return value({
    id: text('Id') || name,
    loadState: text('LoadState'),
    activeState,
    subState: text('SubState'),
    unitFileState: text('UnitFileState'),
    preset: text('UnitFilePreset'),
    fragmentPath: text('FragmentPath'),
    // systemd before 244 answers not-found until it has looked at its folders again.
    needDaemonReload: text('NeedDaemonReload') === 'yes' || (notFound && onDisk),
    mainPid: Number(text('MainPID')) || 0,
    // systemd before 232 has no InvocationID; the moment of the start changes as it does.
    invocationId: text('InvocationID') || (since === '' || since === '0' ? '' : `at ${since}`),
    restarts: Number(text('NRestarts')) || 0,
    result: text('Result'),
    type: name.endsWith('.service') ? text('Type') : '',
    remainAfterExit: text('RemainAfterExit') === 'yes',
    canReload: text('CanReload') === 'yes',
    triggeredBy: text('TriggeredBy').split(' ').filter(Boolean),
    job: /^[1-9]/.test(text('Job')),
    sysvEnabled: /^\/etc\/(rc\.d\/)?init\.d\//.test(text('SourcePath'))
      ? scope.inRunlevel.has(name)
      : undefined,
    changedAt: Number(text('StateChangeTimestampMonotonic')) || 0,
  });
}
