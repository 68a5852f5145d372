/**
 * Keeps maintainer scripts from starting services (SEMANTICS 19): what runs already may be
 * restarted by its upgrade, nothing else may be started.
 */

/**
 * The guard is /usr/sbin/policy-rc.d for as long as the script runs, and is taken away on every
 * way out. One that a killed script left behind knows by its process that it is stale: it allows
 * everything and removes itself. A policy of somebody else stays as it is.
 */
export const guardScript = `guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ] || grep -q '^# tsplay guard' "$guard"; then
  read -r born <"/proc/$$/stat"; born=\${born##*) }
  born=$(set -- $born; printf %s "\${20}")
  trap 'rm -f "$guard"' EXIT
  trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM PIPE
  running=$(systemctl list-units --plain --no-legend --no-pager --state=active,reloading,activating 2>/dev/null | sed 's/ .*//' | tr '\\n' ' ')
  (
    umask 022
    cat >"$guard.$$" <<GUARD
#!/bin/sh
# tsplay guard: services are started by the playbook, not by packages
pid=$$ born=$born running=" $running"
GUARD
    cat >>"$guard.$$" <<'GUARD'
while :; do case $1 in -*) shift ;; *) break ;; esac; done
id=$1
if read -r s <"/proc/$pid/stat"; then
  s=\${s##*) }
  set -- $s
  if [ "\${20}" = "$born" ]; then
    case $running in *" $id "*|*" $id.service "*) exit 0 ;; esac
    exit 101
  fi
fi 2>/dev/null
rm -f "$0"
exit 0
GUARD
    chmod 0755 "$guard.$$" && mv -f "$guard.$$" "$guard"
  ) || exit
fi`;
