/**
 * Keeps maintainer scripts from starting services (rule 19, package scripts): what runs already is
 * restarted
 * by its upgrade as its packager wants it, nothing else is started.
 */

/**
 * The guard is /usr/sbin/policy-rc.d for as long as the script runs, and is taken away on every
 * way out. One that a killed script left behind knows by its process that it is stale: it allows
 * everything and removes itself. A policy of somebody else stays as it is.
 *
 * deb-systemd-invoke asks unit by unit, but one refusal stops it for all units of its command.
 * So the guard writes down who wished to be started or restarted, and what was left out of that
 * is done at the end.
 */
export const guardScript = `guard=/usr/sbin/policy-rc.d wishes=/run/tsplay-guard.$$
released() {
  rm -f "$guard"
  if [ -s "$wishes" ]; then
    while read -r action unit run; do
      if [ "$(systemctl show -p LoadState "$unit")" != LoadState=loaded ]; then continue; fi
      if ! systemctl is-active --quiet "$unit"; then systemctl start "$unit"
      elif [ "$action" != start ] && [ "$(systemctl show -p InvocationID "$unit")" = "$run" ]; then
        systemctl try-restart "$unit"
      fi
    done <"$wishes"
  fi
  rm -f "$wishes"
}
if [ ! -e "$guard" ] || grep -q '^# tsplay guard' "$guard"; then
  read -r born <"/proc/$$/stat"; born=\${born##*) }
  born=$(set -- $born; printf %s "\${20}")
  trap released EXIT
  trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM PIPE
  running=$(systemctl list-units --plain --no-legend --no-pager --type=service,socket,timer,path --state=active,reloading,activating 2>/dev/null | sed 's/ .*//' | tr '\\n' ' ')
  if ! why=$( (: >"$guard.$$") 2>&1); then
    printf 'cannot write %s, which keeps packages from starting services: %s\\n' "$guard" "\${why##*: }" >&2
    exit 1
  fi
  (
    umask 022
    cat >"$guard.$$" <<GUARD
#!/bin/sh
# tsplay guard: services are started by the playbook, not by packages
pid=$$ born=$born wishes=$wishes running=" $running"
GUARD
    cat >>"$guard.$$" <<'GUARD'
while :; do case $1 in -*) shift ;; *) break ;; esac; done
id=$1 action=$2 alive=
if read -r s <"/proc/$pid/stat"; then
  s=\${s##*) }
  set -- $s
  [ "\${20}" != "$born" ] || alive=1
fi 2>/dev/null
if [ -z "$alive" ]; then rm -f "$0"; exit 0; fi
[ "$action" != stop ] || exit 0
for unit in "$id" "$id.service"; do
  case $running in
  *" $unit "*)
    printf '%s %s %s\\n' "$action" "$unit" "$(systemctl show -p InvocationID "$unit")" >>"$wishes"
    exit 0 ;;
  esac
done
exit 101
GUARD
    chmod 0755 "$guard.$$" && mv -f "$guard.$$" "$guard"
  ) || exit
fi`;
