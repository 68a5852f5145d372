/** The script that runs dnf or yum: lock, versionlock, install, remove. */
import { joinScripts, rawScript, sh, type Script } from '../../../shell/script.ts';
import { findYum } from '../../../readers/packages/yum.ts';
import { listsGoodFor } from '../apt/arguments.ts';
import { listOf, type YumWant } from './arguments.ts';
import { afterPackages, beforePackages } from '../shared/news.ts';

export interface YumAction {
  readonly name: string;
  /** As the package reader was asked: `name:arch` where an architecture was named. */
  readonly key: string;
  /** Word for dnf: a name, name-version or a path. */
  readonly word: string;
  readonly verb: 'install' | 'upgrade' | 'downgrade' | 'remove' | undefined;
  readonly from: string;
  readonly to: string;
  readonly hold: boolean | undefined;
  /** It is locked now. */
  readonly locked: boolean;
}

/** Options that choose repositories and how old their metadata may be. */
export function repositoryOptions(want: YumWant): readonly string[] {
  const good = listsGoodFor(want);
  return [
    // In this order: all may be disabled but those that are enabled.
    ...listOf(want.disableRepo).map((name) => `--disablerepo=${name}`),
    ...listOf(want.enableRepo).map((name) => `--enablerepo=${name}`),
    ...(good === undefined ? [] : [`--setopt=metadata_expire=${Math.floor(good)}`]),
  ];
}

export function yumScript(want: YumWant, actions: readonly YumAction[]): Script {
  const words = (verb: YumAction['verb']) =>
    actions.filter((action) => action.verb === verb).map((action) => wordOf(action.word));
  const options = [
    ...repositoryOptions(want),
    ...(want.state === 'absent'
      ? [`--setopt=clean_requirements_on_remove=${want.autoremove ? 1 : 0}`]
      : []),
  ];
  // A lock is set aside also where the new version shall be locked again.
  const unhold = actions.filter((one) => one.locked && one.hold !== undefined);
  const groups = actions.filter(({ name }) => name.startsWith('@'));
  const hold = actions.filter((one) => one.hold === true).map((one) => one.name);
  return joinScripts([
    beforePackages('rpm'),
    sh`left=${want.lockTimeout}`,
    rawScript(`${findYum}\n${environmentSign}${lockScript}`),
    sh`get() { unlocked; "$yum" -y ${options} "$@" </dev/null; }`,
    rawScript(fetchScript),
    ...(want.upgrade ? [rawScript('fetch upgrade && get upgrade || exit')] : []),
    ...unhold.map((one) => sh`"$yum" -q versionlock delete ${one.name} </dev/null || exit`),
    ...(['install', 'upgrade', 'downgrade', 'remove'] as const).flatMap((verb) =>
      words(verb).length === 0
        ? []
        : [
            verb === 'remove'
              ? sh`get remove ${joinScripts(words(verb), ' ')} || exit`
              : sh`fetch ${verb} ${joinScripts(words(verb), ' ')} && get ${verb} ${joinScripts(words(verb), ' ')} || exit`,
          ],
    ),
    ...groups.map(({ name, verb }) => {
      // yum 3 leaves a group unmarked of which it had nothing to install.
      const id = name.replace(/^@(?!\^)/, '');
      return sh`[ "$yum" = dnf ] || "$yum" -y groups mark ${verb ?? 'install'} ${id} </dev/null || exit`;
    }),
    ...(hold.length === 0 ? [] : [sh`"$yum" -y versionlock add ${hold} </dev/null || exit`]),
    afterPackages,
  ]);
}

/** dnf finds an environment by its id like a group; yum 3 wants `^` before it. */
const environmentSign = `sign=^; [ "$yum" != dnf ] || sign=\n`;

/** Ids of environments hold nothing to be quoted. */
const wordOf = (word: string): Script =>
  word.startsWith('@^') ? rawScript(`"@$sign"${word.slice(2)}`) : sh`${word}`;

/**
 * What the metadata do not know may be newer than they are: they are fetched once more. Nothing is
 * installed before all is there, so no scriptlet runs twice.
 */
const fetchScript = `fetch() {
  get --downloadonly "$@" && return
  printf 'fetching the metadata of the repositories and trying again\\n' >&2
  get --downloadonly --setopt=metadata_expire=1 "$@"
}`;

/** dnf and yum wait for each other without end; this names the holder and gives up in time. */
const lockScript = `unlocked() {
  said=
  for f in /var/run/yum.pid /var/lib/dnf/rpmdb_lock.pid /var/cache/dnf/metadata_lock.pid; do
    while [ -r "$f" ] && read -r pid <"$f" && [ -n "$pid" ] && [ "$pid" != "$$" ] && kill -0 "$pid" 2>/dev/null; do
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
  done
}`;
