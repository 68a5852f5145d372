/** The script that runs apt: lock, guard, lists, download, install, remove. */
import { joinScripts, rawScript, sh, type Script } from '../../../shell/script.ts';
import type { AptAction } from './actions.ts';
import { listsGoodFor, type AptWant } from './arguments.ts';
import { afterPackages, beforePackages } from '../shared/news.ts';
import { guardScript } from './policy-guard.ts';

/** Options of `apt-get` that decide what it would do; the simulation takes them too. */
export function aptOptions(want: AptWant): readonly string[] {
  return [
    ...(want.installRecommends === undefined
      ? []
      : [want.installRecommends ? '--install-recommends' : '--no-install-recommends']),
    ...(want.allowDowngrade ? ['--allow-downgrades'] : []),
    ...(want.onlyUpgrade ? ['--only-upgrade'] : []),
    ...(want.defaultRelease === undefined ? [] : ['-t', want.defaultRelease]),
  ];
}

/** Words of one `apt-get` for what the actions say; undefined where there is none. */
export function aptCommands(want: AptWant, actions: readonly AptAction[]): readonly string[][] {
  const words = (get: AptAction['get']) =>
    actions.filter((action) => action.get === get).map((action) => action.word);
  const purge = want.purge ? ['--purge'] : [];
  const after = want.autoremove ? ['--auto-remove', ...purge] : [];
  const change = ['-y', ...aptOptions(want)];
  return [
    ...(want.upgrade === undefined
      ? []
      : [[...change, want.upgrade === 'full' ? 'dist-upgrade' : 'upgrade']]),
    ...(words('install').length === 0 ? [] : [[...change, 'install', ...words('install')]]),
    ...(words('remove').length === 0 ? [] : [['-y', ...after, 'remove', ...words('remove')]]),
    ...(words('purge').length === 0 ? [] : [['-y', ...after, 'purge', ...words('purge')]]),
    ...(want.autoremove ? [['-y', ...purge, 'autoremove']] : []),
  ];
}

export function aptScript(want: AptWant, actions: readonly AptAction[]): Script {
  const held = (hold: boolean) =>
    actions.filter((action) => action.hold === hold).map((action) => action.name);
  // apt refuses to change what is held, also where the new version shall be held again.
  const unhold = actions
    .filter((action) => action.get !== undefined && action.hold !== undefined)
    .map((action) => action.name);
  const manual = actions.filter((action) => action.manual).map((action) => action.name);
  const free = [...new Set([...held(false), ...unhold])];
  const good = listsGoodFor(want);
  const keep = want.configFiles === 'keep' ? 'confold' : 'confnew';
  return joinScripts([
    sh`left=${want.lockTimeout} good=${good ?? ''}
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_SUSPEND=1`,
    want.configFiles === 'keep'
      ? rawScript('export UCF_FORCE_CONFFOLD=1')
      : rawScript('export UCF_FORCE_CONFFNEW=1'),
    rawScript(lockScript),
    sh`get() {
  unlocked
  apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout="$left" -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=${`--force-${keep}`} "$@" </dev/null
}`,
    rawScript(listsScript),
    rawScript('unlocked'),
    beforePackages('dpkg'),
    ...(want.startServices ? [] : [rawScript(guardScript)]),
    ...(want.repair
      ? [
          sh`dpkg --force-confdef ${`--force-${keep}`} --configure -a </dev/null || exit
get -y -f install || exit`,
        ]
      : []),
    ...(free.length === 0 ? [] : [sh`apt-mark unhold ${free} >/dev/null || exit`]),
    ...aptCommands(want, actions).map((words) =>
      words.includes('install') || words.some((word) => word.endsWith('upgrade'))
        ? sh`fetch ${words} && get ${words} || exit`
        : sh`get ${words} || exit`,
    ),
    ...(manual.length === 0 ? [] : [sh`apt-mark manual ${manual} >/dev/null || exit`]),
    ...(held(true).length === 0 ? [] : [sh`apt-mark hold ${held(true)} >/dev/null || exit`]),
    afterPackages,
  ]);
}

/** Waits for dpkg's and apt's locks and names who has them: `left` seconds in all. */
const lockScript = `locker() {
  ls -l /proc/[0-9]*/fd 2>/dev/null | sed -n -e '/^\\/proc\\//h' \\
    -e '/ -> \\/var\\/lib\\/dpkg\\/lock/{' -e x -e p -e q -e '}' \\
    -e '/ -> \\/var\\/lib\\/apt\\/lists\\/lock$/{' -e x -e p -e q -e '}' \\
    -e '/ -> \\/var\\/cache\\/apt\\/archives\\/lock$/{' -e x -e p -e q -e '}' | sed -e 's/^.proc.//' -e 's/.fd:$//'
}
unlocked() {
  said=
  while pid=$(locker) && [ -n "$pid" ]; do
    who="process $pid ($(tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null))"
    if [ "$left" -le 0 ]; then
      printf 'the package database is locked by %s\\n' "$who" >&2
      exit 1
    fi
    [ "$said" = "$pid" ] || printf 'waiting for %s, which has the package database locked\\n' "$who" >&2
    said=$pid
    left=$((left - 1))
    sleep 1
  done
}`;

/**
 * Lists are fetched when there are none, when they are older than asked, or when a download with
 * them fails (a name that they do not know, a version that the mirror no longer has): once.
 */
const listsScript = `fresh=
old() {
  set -- /var/lib/apt/lists/*Packages*
  [ -e "$1" ] || return 0
  [ -n "$good" ] || return 1
  now=$(date +%s) last=0
  for t in $(stat -c %Y /var/lib/apt/lists /var/lib/apt/lists/partial 2>/dev/null); do
    [ "$t" -le "$last" ] || last=$t
  done
  [ $((now - last)) -ge "$good" ]
}
update() {
  fresh=1
  get update && touch /var/lib/apt/lists
}
fetch() {
  if [ -z "$fresh" ] && old; then update || printf 'going on with the package lists that are there\\n' >&2; fi
  get --download-only "$@" && return
  [ -z "$fresh" ] || return
  printf 'fetching the package lists and trying again\\n' >&2
  update && get --download-only "$@"
}`;
